#pragma once
#include <string>

#include "store/log/served/log_server.hpp"

namespace loquat::store {

// The stream of a partition: `chat.messages.0`, or `usage_event.log` beside a queue for others.
std::string stream_of(const ServedTopics& topics, const Partition& partition);
// What others read of the topic, exchange and queue; empty when they do not.
std::string outside_of(const ServedTopics& topics, const std::string& topic);
std::uint32_t partitions_of(const ServedTopics& topics, const std::string& topic);

}  // namespace loquat::store
