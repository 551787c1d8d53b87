#include "store/log/rabbitmq/names.hpp"

namespace loquat::store {

std::string outside_of(const ServedTopics& topics, const std::string& topic) {
    const auto found = topics.outside.find(topic);
    return found == topics.outside.end() ? std::string{} : topics.prefix + found->second.name;
}

std::string stream_of(const ServedTopics& topics, const Partition& partition) {
    const std::string outside = outside_of(topics, partition.topic);
    return outside.empty()
               ? topics.prefix + partition.topic + "." + std::to_string(partition.number)
               : outside + ".log";
}

std::uint32_t partitions_of(const ServedTopics& topics, const std::string& topic) {
    return topics.outside.contains(topic) ? 1 : topics.partitions;
}

}  // namespace loquat::store
