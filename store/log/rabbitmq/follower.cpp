#include "store/log/rabbitmq/follower.hpp"

#include <utility>

#include "base/log.hpp"
#include "store/log/rabbitmq/names.hpp"

namespace loquat::store {
namespace {

using std::chrono::milliseconds;

constexpr LogContext context{.service = "log"};
constexpr std::uint16_t prefetch = 2'000;
constexpr std::size_t flush_records = 500;
constexpr milliseconds look_again{500};
constexpr milliseconds follow_max{8'000};

}  // namespace

Follower::Follower(AmqpTarget target, ServedTopics topics, See see)
    : connection_(std::move(target)), topics_(std::move(topics)), see_(std::move(see)) {}

Follower::~Follower() { stop(); }

void Follower::start(LogSink& sink) {
    sink_ = &sink;
    connection_.open();
    thread_ = std::jthread{[this] { run(); }};
}

void Follower::stop() {
    {
        const std::lock_guard lock{mutex_};
        is_stopping_ = true;
    }
    wake_.ring();
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool Follower::is_stopping() {
    const std::lock_guard lock{mutex_};
    return is_stopping_;
}

std::uint64_t Follower::follow(const Partition& partition, std::uint64_t session, Uuid log) {
    Stream stream{.partition = partition, .session = session, .log = log};
    stream.begun = std::make_shared<std::promise<std::uint64_t>>();
    auto begun = stream.begun->get_future();
    {
        const std::lock_guard lock{mutex_};
        orders_.push_back(std::move(stream));
    }
    wake_.ring();
    if (begun.wait_for(follow_max) != std::future_status::ready) {
        unfollow(partition.topic);
        throw amqp_unavailable("a stream could not be followed in time");
    }
    return begun.get();
}

void Follower::unfollow(const std::string& topic) {
    {
        const std::lock_guard lock{mutex_};
        drops_.push_back(topic);
        std::erase_if(orders_, [&topic](const Stream& stream) {
            const bool is_meant = stream.partition.topic == topic;
            if (is_meant) {
                stream.begun->set_exception(
                    std::make_exception_ptr(amqp_unavailable(topic + " is not as it was")));
            }
            return is_meant;
        });
    }
    wake_.ring();
}

void Follower::run() {
    while (!is_stopping()) {
        try {
            work();
        } catch (const Failure& failure) {
            lose(failure.detail.empty() ? failure.message : failure.detail);
        }
    }
}

void Follower::lose(const std::string& why) {
    if (!std::exchange(is_away_, true)) {
        log_warn(context, "the connection to RabbitMQ was lost; streams are followed again",
                 {{"error", why}});
    }
    connection_.close();
    seen_.clear();
    last_tag_ = 0;
    for (auto& [consumer, stream] : streams_) {
        stream.is_consumed = false;
        stream.arrived.clear();
    }
    retry_at_ = std::chrono::steady_clock::now() + pauses_.next();
}

void Follower::work() {
    if (!connection_.is_open()) {
        if (std::chrono::steady_clock::now() < retry_at_) {
            wake_.wait(-1, retry_at_);
            return;
        }
        connection_.open();
    }
    take_orders();
    for (auto& [consumer, stream] : streams_) {
        if (!stream.is_consumed) {
            consume(consumer, stream);
        }
    }
    // A server that has just started takes connections before its streams are there.
    if (std::exchange(is_away_, false)) {
        pauses_.reset();
    }
    std::size_t count = 0;
    while (auto event = connection_.next(Steady{})) {
        handle(*std::move(event));
        if (++count % flush_records == 0) {
            flush();
        }
    }
    flush();
    wake_.wait(connection_.socket(), std::chrono::steady_clock::now() + look_again);
}

void Follower::take_orders() {
    std::vector<Stream> orders;
    std::vector<std::string> drops;
    {
        const std::lock_guard lock{mutex_};
        orders.swap(orders_);
        drops.swap(drops_);
    }
    for (const std::string& topic : drops) {
        const std::size_t count = std::erase_if(
            streams_, [&topic](const auto& one) { return one.second.partition.topic == topic; });
        if (count > 0) {
            // Consumers of what is left are made anew.
            connection_.renew_channel();
            last_tag_ = 0;
            for (auto& [consumer, stream] : streams_) {
                stream.is_consumed = false;
            }
        }
    }
    for (Stream& order : orders) {
        streams_[std::to_string(++consumers_)] = std::move(order);
    }
}

void Follower::consume(const std::string& consumer, Stream& stream) {
    const std::string name = stream_of(topics_, stream.partition);
    try {
        if (stream.first) {
            connection_.consume(name, consumer, stream.next, prefetch);
        } else {
            connection_.consume(name, consumer, StreamFrom::last, prefetch);
        }
    } catch (const AmqpRefused& refused) {
        // Closed with its channel: all begin again.
        for (auto& [other, one] : streams_) {
            one.is_consumed = false;
        }
        if (refused.reply != AMQP_NOT_FOUND) {
            throw;
        }
        drop(stream.partition.topic);
        throw;
    }
    stream.is_consumed = true;
    stream.mark = Uuid::make().to_string();
    connection_.publish(
        "", name,
        {.id = stream.mark, .log = stream.log, .form = EntryForm::mark, .key = {}, .payload = {}});
}

void Follower::handle(AmqpEvent event) {
    if (auto* const delivery = std::get_if<AmqpDelivery>(&event)) {
        deliver(std::move(*delivery));
    } else if (const auto* const cancelled = std::get_if<AmqpCancelled>(&event)) {
        if (const auto found = streams_.find(cancelled->consumer); found != streams_.end()) {
            flush();
            // The queue may be gone, or only its node: the next try shows which.
            throw amqp_unavailable("the server ended the reading of " +
                                   found->second.partition.topic);
        }
    } else if (const auto* const returned = std::get_if<AmqpReturn>(&event)) {
        throw amqp_unavailable("a stream is not there: " + returned->why);
    }
}

void Follower::deliver(AmqpDelivery delivery) {
    last_tag_ = delivery.tag;
    const auto found = streams_.find(delivery.consumer);
    if (found == streams_.end()) {
        return;
    }
    Stream& stream = found->second;
    const std::uint64_t offset = delivery.entry.offset;
    const bool is_mark = delivery.id == stream.mark;
    // Of two who stamped an empty stream at once the second left its mark behind.
    const bool is_ours = delivery.entry.form == EntryForm::mark || delivery.entry.log.is_nil() ||
                         delivery.entry.log == stream.log;
    if ((stream.first && is_mark && offset < stream.next) || !is_ours) {
        const std::string topic = stream.partition.topic;
        drop(topic);
        throw amqp_unavailable("a stream of " + topic + " was made anew");
    }
    if (stream.first && offset < stream.next) {
        return;  // the beginning of a chunk that is known
    }
    if (!stream.first) {
        stream.first = offset;
    }
    stream.next = offset + 1;
    stream.arrived.push_back(std::move(delivery.entry));
    seen_.emplace_back(std::move(delivery.id), offset);
    if (is_mark && stream.begun) {
        flush();
        stream.begun->set_value(*stream.first);
        stream.begun.reset();
    }
}

void Follower::flush() {
    for (auto& [consumer, stream] : streams_) {
        if (!stream.arrived.empty()) {
            sink_->on_entries(stream.partition, stream.session, std::exchange(stream.arrived, {}));
        }
    }
    for (const auto& [id, offset] : std::exchange(seen_, {})) {
        see_(id, offset);
    }
    if (last_tag_ > 0) {
        connection_.acknowledge_through(std::exchange(last_tag_, 0));
    }
}

void Follower::drop(std::string topic) {
    sink_->on_replaced(topic);
    for (auto& [consumer, stream] : streams_) {
        if (stream.partition.topic == topic && stream.begun) {
            stream.begun->set_exception(
                std::make_exception_ptr(amqp_unavailable(topic + " is not as it was")));
            stream.begun.reset();
        }
    }
    std::erase_if(streams_,
                  [&topic](const auto& one) { return one.second.partition.topic == topic; });
}

}  // namespace loquat::store
