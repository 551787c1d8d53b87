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
    std::size_t replicas(const std::string& topic) const;
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

}  // namespace loquat::store
