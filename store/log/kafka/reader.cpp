#include "store/log/kafka/reader.hpp"

#include <array>

#include "base/log.hpp"

namespace loquat::store {
namespace {

constexpr LogContext context{.service = "log"};
constexpr int poll_ms = 100;
constexpr std::size_t at_once = 1'000;

bool is_gone(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
           error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
           error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
           error == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

}  // namespace

KafkaSettings reader_settings(const ServerUrl& url) {
    KafkaSettings settings = connection_settings(url);
    // Asked for by the library; no group is joined, and positions are in our stores.
    settings["group.id"] = "loquat-log";
    settings["enable.auto.commit"] = "false";
    settings["enable.auto.offset.store"] = "false";
    settings["auto.offset.reset"] = "error";
    settings["isolation.level"] = "read_committed";
    settings["allow.auto.create.topics"] = "false";
    settings["fetch.wait.max.ms"] = "100";
    settings["fetch.error.backoff.ms"] = "50";
    settings["fetch.message.max.bytes"] = "9000000";
    settings["receive.message.max.bytes"] = "100000000";
    settings["queued.max.messages.kbytes"] = "16384";
    return settings;
}

KafkaFollower::KafkaFollower(const ServerUrl& url)
    : client_(make_kafka(RD_KAFKA_CONSUMER, reader_settings(url), nullptr)),
      queue_(KafkaLibrary::get().queue_get_consumer(client_.get())) {}

KafkaFollower::~KafkaFollower() { stop(); }

void KafkaFollower::start(LogSink& sink) {
    sink_ = &sink;
    thread_ = std::jthread{[this] { run(); }};
}

void KafkaFollower::stop() {
    {
        const std::lock_guard lock{mutex_};
        is_stopping_ = true;
    }
    if (thread_.joinable()) {
        thread_.join();
    }
}

void KafkaFollower::follow(const Partition& partition, const std::string& topic,
                           std::uint64_t session, std::uint64_t from) {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    {
        const std::lock_guard lock{mutex_};
        followed_[{topic, static_cast<std::int32_t>(partition.number)}] = {partition, session};
    }
    const auto at = kafka_partition(topic, partition.number, static_cast<std::int64_t>(from));
    rd_kafka_error_t* const error = kafka.incremental_assign(client_.get(), at.get());
    if (error != nullptr) {
        const std::string why = kafka.error_string(error);
        kafka.error_destroy(error);
        throw kafka_unavailable(why);
    }
}

void KafkaFollower::unfollow(const std::string& topic) {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    std::vector<Key> dropped;
    {
        const std::lock_guard lock{mutex_};
        std::erase_if(followed_, [&](const auto& one) {
            const bool is_meant = one.second.partition.topic == topic;
            if (is_meant) {
                dropped.push_back(one.first);
            }
            return is_meant;
        });
    }
    for (const auto& [name, number] : dropped) {
        const auto at = kafka_partition(name, static_cast<std::uint32_t>(number), 0);
        if (rd_kafka_error_t* const error = kafka.incremental_unassign(client_.get(), at.get())) {
            kafka.error_destroy(error);  // it was not assigned any more
        }
    }
}

void KafkaFollower::run() {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    for (;;) {
        {
            const std::lock_guard lock{mutex_};
            if (is_stopping_) {
                return;
            }
        }
        std::vector<KafkaPtr<rd_kafka_message_t>> messages;
        messages.emplace_back(kafka.consumer_poll(client_.get(), poll_ms));
        if (!messages.front()) {
            continue;
        }
        std::array<rd_kafka_message_t*, at_once> more{};
        const ssize_t count = kafka.consume_batch_queue(queue_.get(), 0, more.data(), more.size());
        for (ssize_t i = 0; i < count; ++i) {
            messages.emplace_back(more.at(static_cast<std::size_t>(i)));
        }
        take(std::move(messages));
    }
}

std::optional<KafkaFollower::Followed> KafkaFollower::find(const rd_kafka_message_t& message) {
    if (message.rkt == nullptr) {
        return std::nullopt;
    }
    const std::lock_guard lock{mutex_};
    const auto found =
        followed_.find({KafkaLibrary::get().topic_name(message.rkt), message.partition});
    return found == followed_.end() ? std::nullopt : std::optional{found->second};
}

void KafkaFollower::take(std::vector<KafkaPtr<rd_kafka_message_t>> messages) {
    std::map<std::pair<Partition, std::uint64_t>, std::vector<ServedEntry>> arrived;
    std::vector<std::string> replaced;
    for (const auto& message : messages) {
        const auto followed = find(*message);
        if (!followed) {
            continue;
        }
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            arrived[{followed->partition, followed->session}].push_back(kafka_entry(*message));
        } else if (is_gone(message->err)) {
            replaced.push_back(followed->partition.topic);
        } else {
            log_warn(context, "a partition of Kafka cannot be read at the moment",
                     {{"topic", followed->partition.topic},
                      {"error", KafkaLibrary::get().err2str(message->err)}});
        }
    }
    for (auto& [at, entries] : arrived) {
        sink_->on_entries(at.first, at.second, std::move(entries));
    }
    for (const std::string& topic : replaced) {
        sink_->on_replaced(topic);
    }
}

}  // namespace loquat::store
