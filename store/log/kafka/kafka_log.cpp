#include "store/log/kafka/kafka_log.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>

#include "aio/run.hpp"
#include "store/log/kafka/admin.hpp"
#include "store/log/kafka/producer.hpp"
#include "store/log/kafka/reader.hpp"
#include "store/log/served/topic_options.hpp"

namespace loquat::store {
namespace {

using std::chrono::milliseconds;

constexpr std::uint16_t port = 9092;
constexpr int request_ms = 5'000;
constexpr milliseconds silence_max{3'000};
constexpr milliseconds made_max{10'000};  // until a topic that was made can be used
constexpr milliseconds try_again{20};
constexpr int watermark_tries = 3;
constexpr milliseconds watermark_max{2'000};  // while a partition is not known everywhere
constexpr std::size_t fetch_entries_max = 4'000;

std::optional<ServerUrl> parse_url(std::string_view text) {
    auto url = parse_server_url(text, port);
    const bool is_ours =
        url && (url->scheme == "kafka" || url->scheme == "kafkas") && url->path.empty() &&
        has_only(url->options, {"cacertfile", "certfile", "keyfile", "verify", "mechanism"});
    return is_ours ? url : std::nullopt;
}

ServerUrl url_of(const KafkaOptions& options) {
    auto url = parse_url(options.url);
    if (!url) {
        throw invalid_field("url", "form", "must be kafka://HOST:PORT,HOST:PORT");
    }
    return *std::move(url);
}

ServedTopics topics_of(const KafkaOptions& options) {
    ServedTopics topics = topic_options(url_of(options).options);
    topics.outside = options.outside;
    return topics;
}

std::string name_of_topic(const ServedTopics& topics, const std::string& topic) {
    const auto found = topics.outside.find(topic);
    return topics.prefix + (found == topics.outside.end() ? topic : found->second.name);
}

KafkaSettings fetch_settings(const ServerUrl& url) {
    KafkaSettings settings = reader_settings(url);
    settings["enable.partition.eof"] = "true";
    // A request that waits for more holds up the next partition that is asked for.
    settings["fetch.wait.max.ms"] = "10";
    return settings;
}

Failure refused(const std::string& topic, const std::string& why) {
    return Failure{Kind::unavailable, "log.topic_settings",
                   "The topic " + topic + " at Kafka cannot be used: " + why};
}

// A broker of several may not have heard yet of what another one has just made, or who leads it.
constexpr std::array not_heard_yet{
    RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
    RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION};

bool is_being_made(const Failure& failure) {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    return failure.code == "store.unavailable" &&
           std::ranges::any_of(not_heard_yet, [&](auto error) {
               return failure.detail.contains(kafka.err2str(error));
           });
}

class KafkaServer final : public LogServer {
  public:
    explicit KafkaServer(const KafkaOptions& options)
        : topics_(topics_of(options)),
          servers_(url_of(options).hosts.size()),
          producer_(url_of(options), options.confirm_max),
          follower_(url_of(options)),
          reader_(make_kafka(RD_KAFKA_CONSUMER, fetch_settings(url_of(options)), nullptr)),
          admin_(producer_.client()) {}

    void start(LogSink& sink) override {
        producer_.connect();
        producer_.start(sink);
        follower_.start(sink);
    }
    void stop() override {
        producer_.stop();
        follower_.stop();
    }
    bool follows_to_append() const override { return false; }
    Opened open_topic(const std::string& topic, Uuid stamp) override;
    Uuid identify(const std::string& topic, Uuid stamp) override;
    Followed follow(const Partition& partition, std::uint64_t session, Uuid log) override;
    void unfollow(const std::string& topic) override { follower_.unfollow(topic); }
    void publish(Publication publication) override {
        const std::string topic = name_of_topic(topics_, publication.to.topic);
        producer_.publish(topic, std::move(publication));
    }
    Fetched fetch(const Partition& partition, std::uint64_t from, std::uint64_t until,
                  std::size_t bytes_max) override;
    LogState state() const override { return producer_.state(); }

  private:
    struct Watermarks {
        std::int64_t low = 0;
        std::int64_t high = 0;
    };

    void make(const std::string& topic, std::uint32_t partitions);
    Opened open_once(const std::string& topic, Uuid stamp);
    Watermarks watermarks(const Partition& partition);
    std::optional<Uuid> first_stamp(const std::string& topic);
    void stamp_topic(const std::string& topic, Uuid stamp);

    const ServedTopics topics_;
    const std::size_t servers_;  // that the URL names
    KafkaProducer producer_;
    KafkaFollower follower_;
    std::mutex mutex_;
    KafkaPtr<rd_kafka_t> reader_;
    KafkaAdmin admin_;
};

// Until each partition has a leader that knows it.
void KafkaServer::make(const std::string& topic, std::uint32_t partitions) {
    const std::string name = name_of_topic(topics_, topic);
    if (const auto few = too_few_brokers(servers_, topics_.replicas, admin_.brokers())) {
        throw refused(name, *few + ".");
    }
    admin_.create(name, partitions, topics_);
    const Steady end = std::chrono::steady_clock::now() + made_max;
    for (std::uint32_t number = 0; number < partitions;) {
        try {
            watermarks({topic, number});
            ++number;
        } catch (const Failure&) {
            if (std::chrono::steady_clock::now() > end) {
                throw;
            }
            std::this_thread::sleep_for(try_again);
        }
    }
}

LogServer::Opened KafkaServer::open_topic(const std::string& topic, Uuid stamp) {
    const Steady end = std::chrono::steady_clock::now() + made_max;
    for (;;) {
        try {
            return open_once(topic, stamp);
        } catch (const Failure& failure) {
            if (!is_being_made(failure) || std::chrono::steady_clock::now() > end) {
                throw;
            }
        }
        std::this_thread::sleep_for(try_again);
    }
}

LogServer::Opened KafkaServer::open_once(const std::string& topic, Uuid stamp) {
    const std::string name = name_of_topic(topics_, topic);
    const std::uint32_t wanted = topics_.outside.contains(topic) ? 1 : topics_.partitions;
    auto are = admin_.partitions(name);
    if (!are) {
        make(topic, wanted);
        are = wanted;
    }
    if (*are != wanted) {
        throw refused(name,
                      "it has " + std::to_string(*are) +
                          " partitions, and the setting says partitions=" + std::to_string(wanted) +
                          ". Records of one conversation would lose their order. Give the "
                          "setting that value, or begin with a new topic.");
    }
    const std::size_t copies = admin_.replicas(name);
    if (copies == 0) {
        throw kafka_unavailable(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    }
    if (const auto missing = missing_copies(copies, topics_.replicas, admin_.brokers())) {
        throw refused(name, *missing + ".");
    }
    if (const auto losing = losing_setting(admin_.settings(name), copies)) {
        throw refused(name, *losing + " (kafka-configs --alter --topic " + name + ").");
    }
    return {.partitions = *are, .log = identify(topic, stamp)};
}

// Of two who stamp at once the first one's mark counts.
Uuid KafkaServer::identify(const std::string& topic, Uuid stamp) {
    if (const auto found = first_stamp(topic)) {
        return *found;
    }
    stamp_topic(topic, stamp);
    if (const auto found = first_stamp(topic)) {
        return *found;
    }
    throw kafka_unavailable("a mark in " + topic + " does not arrive");
}

std::optional<Uuid> KafkaServer::first_stamp(const std::string& topic) {
    const Partition first{topic, 0};
    const Watermarks at = watermarks(first);
    if (at.low >= at.high) {
        return std::nullopt;
    }
    const Fetched found =
        fetch(first, static_cast<std::uint64_t>(at.low), static_cast<std::uint64_t>(at.high), 1);
    return found.entries.empty() ? std::nullopt : std::optional{found.entries.front().log};
}

// Waits on a loop of its own, which nobody else has.
void KafkaServer::stamp_topic(const std::string& topic, Uuid stamp) {
    aio::Loop loop{"log-stamp"};
    auto waiter = std::make_shared<Publication::Waiter>();
    waiter->home = &loop;
    waiter->done = std::make_shared<aio::Completion<std::uint64_t>>(loop);
    publish({.to = {topic, 0}, .log = stamp, .form = EntryForm::mark, .waiter = waiter});
    aio::run_to_end(loop, waiter->done->wait());
}

// The library answers from what it remembers of leaders, which may be old: then all is asked anew.
KafkaServer::Watermarks KafkaServer::watermarks(const Partition& partition) {
    const std::string name = name_of_topic(topics_, partition.topic);
    const Steady end = std::chrono::steady_clock::now() + watermark_max;
    for (int tries = 1;; ++tries) {
        Watermarks at;
        const auto error = KafkaLibrary::get().query_watermark_offsets(
            producer_.client(), name.c_str(), static_cast<std::int32_t>(partition.number), &at.low,
            &at.high, request_ms);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
            return at;
        }
        const bool will_be_heard = std::ranges::find(not_heard_yet, error) != not_heard_yet.end() &&
                                   std::chrono::steady_clock::now() < end;
        if ((tries >= watermark_tries && !will_be_heard) || !admin_.partitions(name)) {
            throw kafka_unavailable(error);
        }
        if (will_be_heard && tries > 1) {
            std::this_thread::sleep_for(try_again);
        }
    }
}

LogServer::Followed KafkaServer::follow(const Partition& partition, std::uint64_t session, Uuid) {
    const Watermarks at = watermarks(partition);
    const auto next = static_cast<std::uint64_t>(at.high);
    follower_.follow(partition, name_of_topic(topics_, partition.topic), session, next);
    return {.first = static_cast<std::uint64_t>(at.low), .next = next};
}

LogServer::Fetched KafkaServer::fetch(const Partition& partition, std::uint64_t from,
                                      std::uint64_t until, std::size_t bytes_max) {
    const Watermarks at = watermarks(partition);
    if (static_cast<std::uint64_t>(at.low) > from) {
        throw Failure{Kind::gone, "log.trimmed", "These records are no longer kept.",
                      partition.topic + " begins at " + std::to_string(at.low)};
    }
    const KafkaLibrary& kafka = KafkaLibrary::get();
    const std::string topic = name_of_topic(topics_, partition.topic);
    const std::lock_guard lock{mutex_};
    const auto list = kafka_partition(topic, partition.number, static_cast<std::int64_t>(from));
    if (const auto error = kafka.assign(reader_.get(), list.get());
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw kafka_unavailable(error);
    }
    Fetched fetched;
    std::size_t bytes = 0;
    const Steady end = std::chrono::steady_clock::now() + silence_max;
    while (!fetched.is_end && bytes < bytes_max && fetched.entries.size() < fetch_entries_max) {
        const KafkaPtr<rd_kafka_message_t> message{kafka.consumer_poll(reader_.get(), 100)};
        if (!message) {
            if (std::chrono::steady_clock::now() > end) {
                throw kafka_unavailable("records of " + topic + " do not arrive");
            }
        } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            fetched.is_end = true;
        } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            if (message->rkt != nullptr) {
                throw kafka_unavailable(message->err);
            }
        } else {
            ServedEntry entry = kafka_entry(*message);
            fetched.is_end = entry.offset + 1 >= until;
            if (entry.offset < until) {
                bytes += entry.key.size() + entry.payload.size();
                fetched.entries.push_back(std::move(entry));
            }
        }
    }
    kafka.assign(reader_.get(), nullptr);
    return fetched;
}

}  // namespace

bool is_kafka_url(std::string_view url) { return parse_url(url).has_value(); }

std::unique_ptr<EventLog> open_kafka_log(const KafkaOptions& options) {
    return open_when_there(options.start_max, options.keep_waiting, [&options] {
        return make_served_log(std::make_unique<KafkaServer>(options), options.limits);
    });
}

void delete_kafka_topics(const KafkaOptions& options, const std::vector<std::string>& topics) {
    const ServedTopics names = topics_of(options);
    std::vector<std::string> all;
    for (const std::string& topic : topics) {
        all.push_back(name_of_topic(names, topic));
    }
    const auto client =
        make_kafka(RD_KAFKA_PRODUCER, connection_settings(url_of(options)), nullptr);
    KafkaAdmin{client.get()}.remove(all);
}

}  // namespace loquat::store
