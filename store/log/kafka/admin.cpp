#include "store/log/kafka/admin.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.hpp"

namespace loquat::store {
namespace {

constexpr int request_ms = 5'000;
constexpr std::uint64_t retention_ms_min = 7ULL * 24 * 60 * 60 * 1000;
constexpr std::uint64_t message_bytes_min = 8ULL * 1024 * 1024;

std::string value_in(const std::map<std::string, std::string>& settings, const std::string& name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string{} : found->second;
}

}  // namespace

KafkaPtr<const rd_kafka_metadata_t> KafkaAdmin::metadata() const {
    const rd_kafka_metadata_t* found = nullptr;
    const auto error = KafkaLibrary::get().metadata(client_, 1, nullptr, &found, request_ms);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw kafka_unavailable(error);
    }
    return KafkaPtr<const rd_kafka_metadata_t>{found};
}

std::optional<std::uint32_t> KafkaAdmin::partitions(const std::string& topic) const {
    const auto all = metadata();
    for (int i = 0; i < all->topic_cnt; ++i) {
        const rd_kafka_metadata_topic& one = all->topics[i];
        if (one.topic == topic && one.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            return static_cast<std::uint32_t>(one.partition_cnt);
        }
    }
    return std::nullopt;
}

std::size_t KafkaAdmin::replicas(const std::string& topic) const {
    const auto all = metadata();
    for (int i = 0; i < all->topic_cnt; ++i) {
        const rd_kafka_metadata_topic& one = all->topics[i];
        if (one.topic == topic && one.partition_cnt > 0) {
            const std::span parts{one.partitions, static_cast<std::size_t>(one.partition_cnt)};
            const auto fewest =
                std::ranges::min(parts, {}, &rd_kafka_metadata_partition::replica_cnt);
            return static_cast<std::size_t>(fewest.replica_cnt);
        }
    }
    return 0;
}

std::size_t KafkaAdmin::brokers() const { return static_cast<std::size_t>(metadata()->broker_cnt); }

KafkaPtr<rd_kafka_event_t> KafkaAdmin::wait_for(rd_kafka_queue_t* queue) const {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    KafkaPtr<rd_kafka_event_t> event{kafka.queue_poll(queue, 2 * request_ms)};
    if (!event) {
        throw kafka_unavailable("no answer about topics in time");
    }
    if (kafka.event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw kafka_unavailable(kafka.event_error_string(event.get()));
    }
    return event;
}

void KafkaAdmin::create(const std::string& topic, std::uint32_t partitions,
                        const ServedTopics& topics) const {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    const std::size_t replicas =
        topics.replicas > 0 ? topics.replicas : std::min<std::size_t>(brokers(), 3);
    std::array<char, 512> why{};
    rd_kafka_NewTopic_t* made =
        kafka.NewTopic_new(topic.c_str(), static_cast<int>(partitions), static_cast<int>(replicas),
                           why.data(), why.size());
    if (made == nullptr) {
        throw kafka_unavailable(why.data());
    }
    const std::map<std::string, std::string> settings{
        {"cleanup.policy", "delete"},
        {"retention.ms", std::to_string(std::chrono::milliseconds{topics.retention}.count())},
        {"retention.bytes",
         topics.retention_bytes > 0 ? std::to_string(topics.retention_bytes) : "-1"},
        {"unclean.leader.election.enable", "false"},
        {"min.insync.replicas", replicas > 1 ? "2" : "1"},
        {"max.message.bytes", std::to_string(message_bytes_min)}};
    for (const auto& [name, value] : settings) {
        kafka.NewTopic_set_config(made, name.c_str(), value.c_str());
    }
    const KafkaPtr<rd_kafka_queue_t> queue{kafka.queue_new(client_)};
    kafka.CreateTopics(client_, &made, 1, nullptr, queue.get());
    kafka.NewTopic_destroy(made);
    const auto event = wait_for(queue.get());
    std::size_t count = 0;
    const rd_kafka_topic_result_t* const* const results =
        kafka.CreateTopics_result_topics(kafka.event_CreateTopics_result(event.get()), &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto error = kafka.topic_result_error(results[i]);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR &&
            error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
            const char* const words = kafka.topic_result_error_string(results[i]);
            throw kafka_unavailable("the topic " + topic + " cannot be made: " +
                                    (words == nullptr ? kafka.err2str(error) : words));
        }
    }
}

std::map<std::string, std::string> KafkaAdmin::settings(const std::string& topic) const {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    rd_kafka_ConfigResource_t* asked =
        kafka.ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
    const KafkaPtr<rd_kafka_queue_t> queue{kafka.queue_new(client_)};
    kafka.DescribeConfigs(client_, &asked, 1, nullptr, queue.get());
    kafka.ConfigResource_destroy(asked);
    const auto event = wait_for(queue.get());
    std::size_t count = 0;
    const rd_kafka_ConfigResource_t** const found = kafka.DescribeConfigs_result_resources(
        kafka.event_DescribeConfigs_result(event.get()), &count);
    std::map<std::string, std::string> settings;
    for (std::size_t i = 0; i < count; ++i) {
        if (kafka.ConfigResource_error(found[i]) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            throw kafka_unavailable(kafka.ConfigResource_error_string(found[i]));
        }
        std::size_t entries = 0;
        const rd_kafka_ConfigEntry_t** const all = kafka.ConfigResource_configs(found[i], &entries);
        for (std::size_t k = 0; k < entries; ++k) {
            const char* const value = kafka.ConfigEntry_value(all[k]);
            settings[kafka.ConfigEntry_name(all[k])] = value == nullptr ? "" : value;
        }
    }
    return settings;
}

void KafkaAdmin::remove(const std::vector<std::string>& topics) const {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    std::vector<rd_kafka_DeleteTopic_t*> all;
    for (const std::string& topic : topics) {
        all.push_back(kafka.DeleteTopic_new(topic.c_str()));
    }
    const KafkaPtr<rd_kafka_queue_t> queue{kafka.queue_new(client_)};
    kafka.DeleteTopics(client_, all.data(), all.size(), nullptr, queue.get());
    for (rd_kafka_DeleteTopic_t* one : all) {
        kafka.DeleteTopic_destroy(one);
    }
    wait_for(queue.get());
}

std::optional<std::string> losing_setting(const std::map<std::string, std::string>& settings,
                                          std::size_t replicas) {
    const auto is = [&settings](const char* name, const std::string& mend) {
        return std::string{name} + "=" + value_in(settings, name) + ": " + mend;
    };
    if (value_in(settings, "cleanup.policy").contains("compact")) {
        return is("cleanup.policy",
                  "compaction keeps one message a conversation; set it to delete");
    }
    const std::string retention = value_in(settings, "retention.ms");
    if (retention != "-1" && parse_number(retention).value_or(0) < retention_ms_min) {
        return is("retention.ms", "records must be kept 7 days; set it to 604800000 or more");
    }
    if (value_in(settings, "unclean.leader.election.enable") == "true") {
        return is("unclean.leader.election.enable",
                  "a broker that lags behind would cut what was acknowledged; set it to false");
    }
    const auto in_sync = parse_number(value_in(settings, "min.insync.replicas")).value_or(1);
    if (replicas > 1 && in_sync < 2) {
        return is("min.insync.replicas", "one broker alone would acknowledge for " +
                                             std::to_string(replicas) + "; set it to 2");
    }
    if (in_sync > replicas) {
        return is("min.insync.replicas", "no record would ever be acknowledged with " +
                                             std::to_string(replicas) +
                                             (replicas == 1 ? " copy" : " copies") +
                                             "; set it to " + (replicas == 1 ? "1" : "2"));
    }
    if (parse_number(value_in(settings, "max.message.bytes")).value_or(0) < message_bytes_min) {
        return is("max.message.bytes", "a group of records would not fit; set it to " +
                                           std::to_string(message_bytes_min));
    }
    return std::nullopt;
}

std::optional<std::string> missing_copies(std::size_t copies, std::size_t wanted,
                                          std::size_t brokers) {
    const std::string has =
        "it has " + std::to_string(copies) + (copies == 1 ? " copy" : " copies") + " of a record";
    constexpr const char* mend = "kafka-reassign-partitions makes more of them";
    if (wanted > copies) {
        return has + ", and the setting says replicas=" + std::to_string(wanted) + ": " + mend +
               ", or give the setting that value";
    }
    if (wanted == 0 && copies == 1 && brokers > 1) {
        return has + ", and there are " + std::to_string(brokers) +
               " brokers: what is on one that is lost would be lost. " + mend +
               "; replicas=1 in the setting takes it as it is";
    }
    return std::nullopt;
}

std::optional<std::string> too_few_brokers(std::size_t named, std::size_t wanted,
                                           std::size_t brokers) {
    if (wanted > 0 || named < 2 || brokers > 1) {
        return std::nullopt;
    }
    return "it is not there, and made now it would have one copy of a record for good: the setting "
           "names " +
           std::to_string(named) +
           " servers, of which one is there. Start the others first; replicas=1 in the setting "
           "makes it with one";
}

}  // namespace loquat::store
