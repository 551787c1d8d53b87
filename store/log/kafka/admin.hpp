#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/log/kafka/client.hpp"
#include "store/log/served/log_server.hpp"

namespace loquat::store {

// What is asked of the servers about topics.  Blocks, each call for some seconds at most; fails
// with `store.unavailable`.
class KafkaAdmin {
  public:
    // The client outlives it.
    explicit KafkaAdmin(rd_kafka_t* client) : client_(client) {}

    // How many partitions it has; none when it is not there.
    std::optional<std::uint32_t> partitions(const std::string& topic) const;
    // Copies of each record, in the partition that has the fewest; 0 when it is not there.
    std::size_t replicas(const std::string& topic) const;
    // Those that are there now.
    std::size_t brokers() const;
    // With settings that lose nothing.  Who made it meanwhile is as good.
    void create(const std::string& topic, std::uint32_t partitions,
                const ServedTopics& topics) const;
    std::map<std::string, std::string> settings(const std::string& topic) const;
    void remove(const std::vector<std::string>& topics) const;

  private:
    KafkaPtr<const rd_kafka_metadata_t> metadata() const;
    KafkaPtr<rd_kafka_event_t> wait_for(rd_kafka_queue_t* queue) const;

    rd_kafka_t* client_;
};

// What of these settings would lose records, as `setting=value: what to do`; none when nothing
// would.
std::optional<std::string> losing_setting(const std::map<std::string, std::string>& settings,
                                          std::size_t replicas);

// The same of the number of copies, where the setting says `wanted`, 0 for nothing.
std::optional<std::string> missing_copies(std::size_t copies, std::size_t wanted,
                                          std::size_t brokers);

// Why no topic is to be made now: its records would have one copy for good, where the URL names
// several servers and the setting, 0 for nothing, does not want that.
std::optional<std::string> too_few_brokers(std::size_t named, std::size_t wanted,
                                           std::size_t brokers);

}  // namespace loquat::store
