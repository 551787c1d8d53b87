#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "store/log/served/log_server.hpp"
#include "store/log/served/served_log.hpp"

namespace loquat::store {

struct RabbitOptions {
    std::string url;          // amqp(s)://USER:PASSWORD@HOST:PORT,HOST:PORT/VHOST?partitions=4&...
    OutsideTopics outside{};  // ServedTopics::outside
    std::chrono::milliseconds confirm_max{2'000};
    std::chrono::milliseconds start_max{60'000};
    // Told why, again and again while the server is waited for; false gives up.
    std::function<bool(const std::string& why)> keep_waiting{};
    ServedLogOptions limits{};
};

// Whether open_rabbit_log understands it.
bool is_rabbit_url(std::string_view url);

// A log at RabbitMQ (3.10 or newer): a stream for each partition, read and written by AMQP 0-9-1
// (docs/adr/0075).  Opening blocks; a server that is not there yet is waited for, one that refuses
// is not: `store.denied`, `store.unavailable`.  Options of the URL: docs/servers.md.
std::unique_ptr<EventLog> open_rabbit_log(const RabbitOptions& options);

// For tests: removes what a log with that URL has made of these topics.
void delete_rabbit_topics(const RabbitOptions& options, const std::vector<std::string>& topics);

}  // namespace loquat::store
