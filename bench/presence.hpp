#pragma once
#include <string>

#include "bench/stomp_connection.hpp"
#include "wire/json.hpp"

namespace loquat::bench {

struct PresenceOptions {
    Target target;
    int server_pid = 0;
    std::vector<std::string> tokens;  // of as many people, all of one room
    std::size_t listeners = 100;      // the first of them listen to presence
};

// All people of a room come, the listeners first, and leave again.  Counts what the server spends
// on it until nothing more is told, what the listeners are told, and the memory while all are
// there and after they left.
Task<wire::Value> measure_presence(aio::Loop& loop, PresenceOptions options);

struct ListsOptions {
    Target target;
    int server_pid = 0;
    std::vector<std::string> tokens;  // of as many people, all of the room
    std::string chat_id;
    std::size_t messages = 20;
    double pause_seconds = 0.3;  // from one message to the next
};

// One of them sends messages to all in the room, first with only the room subscribed, then with
// everybody's list of conversations too.  Counts what the server spends on a message.
Task<wire::Value> measure_lists(aio::Loop& loop, ListsOptions options);

}  // namespace loquat::bench
