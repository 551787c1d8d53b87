#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/log/served/served_log.hpp"

namespace loquat::store {

struct KafkaOptions {
    std::string url;          // kafka(s)://USER:PASSWORD@HOST:PORT,HOST:PORT?partitions=4&...
    OutsideTopics outside{};  // ServedTopics::outside
    std::chrono::milliseconds confirm_max{2'000};
    std::chrono::milliseconds start_max{60'000};
    // Told why, again and again while the server is waited for; false gives up.
    std::function<bool(const std::string& why)> keep_waiting{};
    ServedLogOptions limits{};
};

// Whether open_kafka_log understands it.
bool is_kafka_url(std::string_view url);

// A log at Kafka (docs/adr/0075).  Opening blocks; brokers that are not there yet are waited for.
// `store.unavailable`, `store.denied`; the first use of a topic that would lose records or has
// another number of partitions is `log.topic_settings` (503).  Options of the URL: docs/servers.md.
std::unique_ptr<EventLog> open_kafka_log(const KafkaOptions& options);

// For tests: removes what a log with that URL has made of these topics.
void delete_kafka_topics(const KafkaOptions& options, const std::vector<std::string>& topics);

}  // namespace loquat::store
