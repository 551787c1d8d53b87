#include "store/log/rabbitmq/rabbit_log.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include "store/log/rabbitmq/follower.hpp"
#include "store/log/rabbitmq/names.hpp"
#include "store/log/rabbitmq/publisher.hpp"
#include "store/log/served/topic_options.hpp"

namespace loquat::store {
namespace {

using std::chrono::milliseconds;

constexpr std::uint16_t port = 5672;
constexpr std::uint16_t tls_port = 5671;
// Of those that others read: without a reader the oldest make room.
constexpr std::int64_t outside_messages_max = 1'000'000;
constexpr std::int64_t outside_bytes_max = std::int64_t{1} << 30;
constexpr std::uint16_t fetch_prefetch = 500;
constexpr std::size_t fetch_entries_max = 4'000;
constexpr milliseconds fetch_silence_max{2'000};
constexpr milliseconds empty_after{300};  // nothing came: a stream has no record
constexpr const char* stamp_key = "stamp";
constexpr milliseconds make_pause{200};
constexpr int make_tries_max = 10;

std::optional<ServerUrl> parse_url(std::string_view text) {
    auto url = parse_server_url(text, text.starts_with("amqps:") ? tls_port : port);
    const bool is_ours = url && (url->scheme == "amqp" || url->scheme == "amqps") &&
                         !url->user.empty() &&
                         has_only(url->options, {"cacertfile", "certfile", "keyfile", "verify"});
    return is_ours ? url : std::nullopt;
}

ServerUrl url_of(const RabbitOptions& options) {
    auto url = parse_url(options.url);
    if (!url) {
        throw invalid_field("url", "form", "must be amqp://USER:PASSWORD@HOST:PORT/VHOST");
    }
    return *std::move(url);
}

ServedTopics topics_of(const RabbitOptions& options) {
    ServedTopics topics = topic_options(url_of(options).options);
    topics.outside = options.outside;
    return topics;
}

Failure other_partitions(const std::string& topic, std::uint32_t are, std::uint32_t wanted) {
    return Failure{
        Kind::unavailable, "log.topic_settings",
        "The topic " + topic + " has streams for " + std::to_string(are) +
            " partitions at RabbitMQ, and the setting says partitions=" + std::to_string(wanted) +
            ". Records of one conversation would lose their order. Give the setting its "
            "former value; a new number needs new topics."};
}

// RabbitMQ 3.10 to one of several who make a stream at the same time, and who read it before it is
// whole.
bool is_being_made(const Failure& failure) {
    constexpr std::array words{"INTERNAL_ERROR", "Stream not found", "does not have a replica"};
    return std::ranges::any_of(
        words, [&failure](const char* one) { return failure.detail.contains(one); });
}

class RabbitServer final : public LogServer {
  public:
    explicit RabbitServer(const RabbitOptions& options)
        : topics_(topics_of(options)),
          publisher_({url_of(options), "publishes"}, topics_, {.confirm_max = options.confirm_max}),
          follower_(
              {url_of(options), "follows"}, topics_,
              [this](std::string_view id, std::uint64_t offset) { publisher_.see(id, offset); }),
          reader_({url_of(options), "reads"}) {}

    void start(LogSink& sink) override {
        publisher_.start(sink);
        follower_.start(sink);
    }
    void stop() override {
        publisher_.stop();
        follower_.stop();
    }
    bool follows_to_append() const override { return true; }
    Opened open_topic(const std::string& topic, Uuid stamp) override;
    Uuid identify(const std::string& topic, Uuid stamp) override;
    Followed follow(const Partition& partition, std::uint64_t session, Uuid log) override;
    void unfollow(const std::string& topic) override { follower_.unfollow(topic); }
    void publish(Publication publication) override { publisher_.publish(std::move(publication)); }
    Fetched fetch(const Partition& partition, std::uint64_t from, std::uint64_t until,
                  std::size_t bytes_max) override;
    LogState state() const override { return publisher_.state(); }

  private:
    template <class Work>
    auto with_reader(Work work);
    Opened make_topic(const std::string& topic, Uuid stamp);
    std::uint32_t count_streams(const std::string& topic, std::uint32_t wanted);
    std::optional<ServedEntry> first_entry(const std::string& stream);
    std::optional<ServedEntry> naming_entry(const std::string& stream);
    void stamp_stream(const std::string& stream, Uuid stamp);
    ServedEntry first_or_stamped(const std::string& stream, Uuid stamp);
    std::optional<ServedEntry> next_entry(const std::string& consumer, milliseconds silence_max);

    const ServedTopics topics_;
    Publisher publisher_;
    Follower follower_;
    std::mutex mutex_;
    AmqpConnection reader_;
    std::uint64_t consumers_ = 0;
    std::uint64_t last_tag_ = 0;
};

// A connection that was closed while nobody read is not the caller's matter: one more try.
template <class Work>
auto RabbitServer::with_reader(Work work) {
    const std::lock_guard lock{mutex_};
    const bool was_open = reader_.is_open();
    if (!was_open) {
        reader_.open();
    }
    try {
        return work();
    } catch (const AmqpRefused&) {
        throw;
    } catch (const Failure&) {
        if (!was_open || reader_.is_open()) {
            throw;
        }
        reader_.open();
        return work();
    }
}

std::uint32_t RabbitServer::count_streams(const std::string& topic, std::uint32_t wanted) {
    std::uint32_t count = 0;
    // One more than there should be.
    const std::uint32_t most = topics_.outside.contains(topic) ? 1 : wanted + 1;
    while (count < most && reader_.has_queue(stream_of(topics_, {topic, count}))) {
        ++count;
    }
    return count;
}

LogServer::Opened RabbitServer::open_topic(const std::string& topic, Uuid stamp) {
    for (int tries = 1;; ++tries) {
        try {
            return make_topic(topic, stamp);
        } catch (const Failure& failure) {
            if (!is_being_made(failure) || tries == make_tries_max) {
                throw;
            }
        }
        std::this_thread::sleep_for(make_pause);
    }
}

LogServer::Opened RabbitServer::make_topic(const std::string& topic, Uuid stamp) {
    const std::uint32_t partitions = partitions_of(topics_, topic);
    return with_reader([&] {
        const std::uint32_t are = count_streams(topic, partitions);
        if (are != 0 && are != partitions) {
            throw other_partitions(topic, are, partitions);
        }
        // The last one first: who is interrupted has made none that counts from 0.
        for (std::uint32_t number = partitions; are == 0 && number-- > 0;) {
            reader_.declare_stream(stream_of(topics_, {topic, number}), topics_);
        }
        if (const std::string outside = outside_of(topics_, topic); !outside.empty()) {
            reader_.declare_fan_out(outside);
            if (!reader_.has_queue(outside)) {
                reader_.declare_queue(outside, outside_messages_max, outside_bytes_max);
            }
            reader_.bind(outside, outside);
        }
        const std::string first_stream = stream_of(topics_, {topic, 0});
        if (are == 0) {
            stamp_stream(first_stream, stamp);
        }
        const ServedEntry first = first_or_stamped(first_stream, stamp);
        return Opened{.partitions = partitions, .log = first.log};
    });
}

Uuid RabbitServer::identify(const std::string& topic, Uuid stamp) {
    return with_reader([&] { return first_or_stamped(stream_of(topics_, {topic, 0}), stamp).log; });
}

void RabbitServer::stamp_stream(const std::string& stream, Uuid stamp) {
    AmqpMessage mark{
        .id = Uuid::make().to_string(), .log = stamp, .form = EntryForm::mark, .key = stamp_key};
    reader_.publish("", stream, mark);
}

// The entry that names the log: the first one that is a stamp or a record.  Where none of the
// beginning is gone, a mark of somebody who believes that the stream is a former one names nothing.
ServedEntry RabbitServer::first_or_stamped(const std::string& stream, Uuid stamp) {
    if (auto first = naming_entry(stream)) {
        return *std::move(first);
    }
    stamp_stream(stream, stamp);
    for (int tries = 0; tries < 5; ++tries) {
        if (auto first = naming_entry(stream)) {
            return *std::move(first);
        }
    }
    throw amqp_unavailable("a mark in " + stream + " does not arrive");
}

std::optional<ServedEntry> RabbitServer::first_entry(const std::string& stream) {
    const std::string consumer = std::to_string(++consumers_);
    reader_.consume(stream, consumer, StreamFrom::first, 1);
    auto first = next_entry(consumer, empty_after);
    reader_.renew_channel();
    return first;
}

std::optional<ServedEntry> RabbitServer::naming_entry(const std::string& stream) {
    const std::string consumer = std::to_string(++consumers_);
    reader_.consume(stream, consumer, StreamFrom::first, fetch_prefetch);
    auto entry = next_entry(consumer, empty_after);
    const bool is_from_the_beginning = entry && entry->offset == 0;
    while (is_from_the_beginning && entry && entry->form == EntryForm::mark &&
           entry->key != stamp_key) {
        entry = next_entry(consumer, empty_after);
    }
    reader_.renew_channel();
    return entry;
}

std::optional<ServedEntry> RabbitServer::next_entry(const std::string& consumer,
                                                    milliseconds silence_max) {
    const Steady end = std::chrono::steady_clock::now() + silence_max;
    while (auto event = reader_.next(end)) {
        auto* const delivery = std::get_if<AmqpDelivery>(&*event);
        if (delivery != nullptr && delivery->consumer == consumer) {
            last_tag_ = delivery->tag;
            return std::move(delivery->entry);
        }
        if (std::holds_alternative<AmqpCancelled>(*event) ||
            std::holds_alternative<AmqpReturn>(*event)) {
            throw amqp_unavailable("a stream is not there");
        }
    }
    return std::nullopt;
}

LogServer::Followed RabbitServer::follow(const Partition& partition, std::uint64_t session,
                                         Uuid log) {
    const std::uint64_t next = follower_.follow(partition, session, log);
    return with_reader([&] {
        const auto first = first_entry(stream_of(topics_, partition));
        return Followed{.first = first ? std::min(first->offset, next) : next, .next = next};
    });
}

LogServer::Fetched RabbitServer::fetch(const Partition& partition, std::uint64_t from,
                                       std::uint64_t until, std::size_t bytes_max) {
    return with_reader([&] {
        const std::string stream = stream_of(topics_, partition);
        const std::string consumer = std::to_string(++consumers_);
        reader_.consume(stream, consumer, from, fetch_prefetch);
        Fetched fetched;
        std::size_t bytes = 0;
        std::size_t unacknowledged = 0;
        while (!fetched.is_end && bytes < bytes_max && fetched.entries.size() < fetch_entries_max) {
            auto entry = next_entry(consumer, fetch_silence_max);
            if (!entry) {
                throw amqp_unavailable("records of " + stream + " do not arrive");
            }
            if (++unacknowledged == fetch_prefetch / 2) {
                reader_.acknowledge_through(last_tag_);
                unacknowledged = 0;
            }
            if (entry->offset < from) {
                continue;  // a chunk is given whole
            }
            fetched.is_end = entry->offset + 1 >= until;
            if (entry->offset < until) {
                bytes += entry->key.size() + entry->payload.size();
                fetched.entries.push_back(*std::move(entry));
            }
        }
        reader_.renew_channel();
        if (fetched.entries.empty() || fetched.entries.front().offset > from) {
            const auto first = first_entry(stream);
            if (first && first->offset > from) {
                throw Failure{Kind::gone, "log.trimmed", "These records are no longer kept.",
                              stream + " begins at " + std::to_string(first->offset)};
            }
        }
        return fetched;
    });
}

}  // namespace

bool is_rabbit_url(std::string_view url) { return parse_url(url).has_value(); }

std::unique_ptr<EventLog> open_rabbit_log(const RabbitOptions& options) {
    return open_when_there(options.start_max, options.keep_waiting, [&options] {
        return make_served_log(std::make_unique<RabbitServer>(options), options.limits);
    });
}

void delete_rabbit_topics(const RabbitOptions& options, const std::vector<std::string>& topics) {
    const ServedTopics names = topics_of(options);
    AmqpConnection connection{{url_of(options), "deletes"}};
    connection.open();
    for (const std::string& topic : topics) {
        for (std::uint32_t number = 0; number < partitions_of(names, topic); ++number) {
            connection.delete_queue(stream_of(names, {topic, number}));
        }
        if (const std::string outside = outside_of(names, topic); !outside.empty()) {
            connection.delete_queue(outside);
            connection.delete_exchange(outside);
        }
    }
}

}  // namespace loquat::store
