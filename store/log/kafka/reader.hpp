#pragma once
#include <map>
#include <mutex>
#include <thread>

#include "store/log/kafka/client.hpp"
#include "store/log/served/log_server.hpp"

namespace loquat::store {

// Settings of who reads by offsets of ours.
KafkaSettings reader_settings(const ServerUrl& url);

// Reads the ends of partitions on a thread of its own.
class KafkaFollower {
  public:
    explicit KafkaFollower(const ServerUrl& url);
    ~KafkaFollower();
    KafkaFollower(const KafkaFollower&) = delete;
    KafkaFollower& operator=(const KafkaFollower&) = delete;

    void start(LogSink& sink);
    void stop();
    // From that offset on.
    void follow(const Partition& partition, const std::string& topic, std::uint64_t session,
                std::uint64_t from);
    void unfollow(const std::string& topic);

  private:
    struct Followed {
        Partition partition;
        std::uint64_t session = 0;
    };
    using Key = std::pair<std::string, std::int32_t>;  // as the server knows it

    void run();
    void take(std::vector<KafkaPtr<rd_kafka_message_t>> messages);
    std::optional<Followed> find(const rd_kafka_message_t& message);

    KafkaPtr<rd_kafka_t> client_;
    KafkaPtr<rd_kafka_queue_t> queue_;
    LogSink* sink_ = nullptr;
    std::mutex mutex_;
    bool is_stopping_ = false;
    std::map<Key, Followed> followed_;
    std::jthread thread_;
};

}  // namespace loquat::store
