#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/failure.hpp"
#include "store/log/kafka/rdkafka_library.hpp"
#include "store/log/served/entry.hpp"
#include "store/log/served/server_url.hpp"

namespace loquat::store {

using KafkaSettings = std::map<std::string, std::string>;

struct KafkaDestroy {
    void operator()(rd_kafka_t* client) const {
        // Nothing to say goodbye to: no group is joined.
        KafkaLibrary::get().destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    }
    void operator()(rd_kafka_message_t* message) const {
        KafkaLibrary::get().message_destroy(message);
    }
    void operator()(rd_kafka_topic_partition_list_t* list) const {
        KafkaLibrary::get().topic_partition_list_destroy(list);
    }
    void operator()(rd_kafka_queue_t* queue) const { KafkaLibrary::get().queue_destroy(queue); }
    void operator()(rd_kafka_event_t* event) const { KafkaLibrary::get().event_destroy(event); }
    void operator()(const rd_kafka_metadata_t* metadata) const {
        KafkaLibrary::get().metadata_destroy(metadata);
    }
};
template <class T>
using KafkaPtr = std::unique_ptr<T, KafkaDestroy>;

// Answers of deliveries and of whole servers; on the thread that polls the client.
struct KafkaEvents {
    std::function<void(const rd_kafka_message_t& message)> on_delivery;
    std::function<void(rd_kafka_resp_err_t error, const char* why)> on_error;
};

// Where the servers are and how they are spoken to, of a URL.
KafkaSettings connection_settings(const ServerUrl& url);

// `events`, when there are some, outlives the client.
KafkaPtr<rd_kafka_t> make_kafka(rd_kafka_type_t type, const KafkaSettings& settings,
                                KafkaEvents* events);

// One partition from an offset on.
KafkaPtr<rd_kafka_topic_partition_list_t> kafka_partition(const std::string& topic,
                                                          std::uint32_t number,
                                                          std::int64_t offset);

ServedEntry kafka_entry(const rd_kafka_message_t& message);

// `store.unavailable` (503).
Failure kafka_unavailable(std::string detail);
Failure kafka_unavailable(rd_kafka_resp_err_t error);

}  // namespace loquat::store
