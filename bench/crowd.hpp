#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "bench/room_connection.hpp"
#include "wire/json.hpp"

namespace loquat::bench {

using Crowd = std::vector<std::unique_ptr<RoomConnection>>;

// Opens all connections and subscribes those below `subscribers`, 64 at a time; throws the first
// failure.
Task<void> open_all(aio::Loop& loop, Crowd& crowd, std::size_t subscribers);
// The number of connections that the server has closed; its first reason goes to standard error.
std::size_t count_closed(const Crowd& crowd);

using Scenario = std::function<Task<wire::Value>(aio::Loop&)>;
// Runs `scenario` on a loop of this thread and prints its value as one line of JSON.  The exit
// code.
int run_scenario(Scenario scenario);
// Lifts the limit of open files to what the system allows.
void lift_file_limit();

}  // namespace loquat::bench
