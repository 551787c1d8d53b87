#include "store/log/rabbitmq/publisher.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "store/log/rabbitmq/names.hpp"

namespace loquat::store {
namespace {

constexpr LogContext context{.service = "log"};
constexpr std::chrono::milliseconds look_again{100};
constexpr std::size_t sent_between_looks = 64;

Failure unknown(const std::string& why) {
    return Failure{Kind::timed_out, "upstream.timeout", "The answer did not come in time.",
                   "RabbitMQ: " + why};
}

Failure full(const std::string& why) {
    return Failure{Kind::unavailable, "store.full", "There is no room left to store this.",
                   "RabbitMQ takes nothing: " + why}
        .retry_in(std::chrono::seconds{5});
}

}  // namespace

Publisher::Publisher(AmqpTarget target, ServedTopics topics, Timing timing)
    : connection_(std::move(target)),
      topics_(std::move(topics)),
      timing_(timing),
      pauses_(timing.retry_min, timing.retry_max) {}

Publisher::~Publisher() { stop(); }

void Publisher::start(LogSink& sink) {
    sink_ = &sink;
    connect();
    thread_ = std::jthread{[this] { run(); }};
}

void Publisher::stop() {
    {
        const std::lock_guard lock{mutex_};
        is_stopping_ = true;
    }
    wake_.ring();
    if (thread_.joinable()) {
        thread_.join();
    }
}

std::optional<Failure> Publisher::refusal() {
    if (state_ == LogState::full) {
        return full(trouble_);
    }
    return is_connected_ && !is_stopping_ ? std::nullopt
                                          : std::optional{amqp_unavailable(trouble_)};
}

void Publisher::publish(Publication publication) {
    std::optional<Failure> refused;
    bool is_first = false;
    {
        const std::lock_guard lock{mutex_};
        refused = refusal();
        if (!refused) {
            is_first = queue_.empty();
            queue_.push_back(std::move(publication));
        }
    }
    if (refused) {
        std::vector<Published> ended;
        ended.push_back({std::move(publication.waiter), 0, std::move(refused)});
        sink_->on_published(std::move(ended));
    } else if (is_first) {
        wake_.ring();
    }
}

void Publisher::run() {
    for (;;) {
        {
            const std::lock_guard lock{mutex_};
            if (is_stopping_) {
                break;
            }
        }
        try {
            work();
        } catch (const Failure& failure) {
            disconnect(failure.detail.empty() ? failure.message : failure.detail);
        }
    }
    refuse_all(unknown("the log is closed"));
}

void Publisher::work() {
    if (!connection_.is_open()) {
        if (std::chrono::steady_clock::now() >= retry_at_) {
            connect();
        } else {
            expire();
            wake_.wait(-1, std::min(retry_at_, std::chrono::steady_clock::now() + look_again));
            return;
        }
    }
    std::size_t sent = 0;
    for (Publication& publication : take_queue()) {
        send(std::move(publication));
        // Confirms are read in between: neither side waits for the other to read.
        if (++sent % sent_between_looks == 0) {
            while (const auto event = connection_.next(Steady{})) {
                handle(*event);
            }
        }
    }
    while (const auto event = connection_.next(Steady{})) {
        handle(*event);
    }
    expire();
    wake_.wait(connection_.socket(), std::chrono::steady_clock::now() + look_again);
}

void Publisher::connect() {
    connection_.open();
    connection_.confirm_publishing();
    pauses_.reset();
    const std::lock_guard lock{mutex_};
    tags_.clear();
    last_tag_ = 0;
    trouble_.clear();
    is_connected_ = true;
    state_ = LogState::ready;
}

// What was on its way may have arrived: the follower will see it, or its time runs out.
void Publisher::disconnect(const std::string& why) {
    connection_.close();
    retry_at_ = std::chrono::steady_clock::now() + pauses_.next();
    std::vector<Published> ended;
    bool was_connected = false;
    {
        const std::lock_guard lock{mutex_};
        was_connected = std::exchange(is_connected_, false);
        trouble_ = why;
        state_ = LogState::broken;
        tags_.clear();
        for (Publication& publication : std::exchange(queue_, {})) {
            ended.push_back({std::move(publication.waiter), 0, amqp_unavailable(why)});
        }
    }
    if (was_connected) {
        log_warn(context, "the connection to RabbitMQ was lost", {{"error", why}});
    }
    answer(std::move(ended));
}

std::deque<Publication> Publisher::take_queue() {
    const std::lock_guard lock{mutex_};
    return std::exchange(queue_, {});
}

// Noted before it is sent: it may be seen before this returns.
void Publisher::send(Publication publication) {
    const std::string stream = stream_of(topics_, publication.to);
    const std::string outside = outside_of(topics_, publication.to.topic);
    AmqpMessage message{.log = publication.log,
                        .form = publication.form,
                        .key = publication.key,
                        .payload = std::move(publication.payload)};
    std::vector<KeyedPayload> copies;
    if (!outside.empty() && publication.form == EntryForm::group) {
        copies = decode_group(message.payload);
    } else if (!outside.empty()) {
        copies.push_back({message.key, message.payload});
    }
    std::uint64_t number = 0;
    {
        const std::lock_guard lock{mutex_};
        number = ++numbers_;
        Flight& flight = flights_[number];
        flight.topic = publication.to.topic;
        flight.waiter = std::move(publication.waiter);
        flight.deadline = std::chrono::steady_clock::now() + timing_.confirm_max;
        flight.confirms = 1 + copies.size();
        for (std::size_t i = 0; i <= copies.size(); ++i) {
            tags_[++last_tag_] = number;
        }
    }
    message.id = id_ + std::to_string(number);
    connection_.publish("", stream, message);
    message.form = EntryForm::record;
    for (KeyedPayload& copy : copies) {
        message.key = std::move(copy.key);
        message.payload = topics_.outside.at(publication.to.topic).form(copy.payload);
        connection_.publish(outside, "", message);
    }
}

void Publisher::handle(const AmqpEvent& event) {
    if (const auto* const confirmed = std::get_if<AmqpConfirm>(&event)) {
        confirm(*confirmed);
    } else if (const auto* const returned = std::get_if<AmqpReturn>(&event)) {
        handle_return(*returned);
    } else if (const auto* const blocked = std::get_if<AmqpBlocked>(&event)) {
        const std::lock_guard lock{mutex_};
        state_ = blocked->is_blocked ? LogState::full : LogState::ready;
        trouble_ = blocked->why;
    }
}

void Publisher::confirm(const AmqpConfirm& confirm) {
    std::vector<Published> ended;
    {
        const std::lock_guard lock{mutex_};
        const auto last = tags_.upper_bound(confirm.tag);
        auto tag = confirm.is_multiple ? tags_.begin() : tags_.find(confirm.tag);
        while (tag != tags_.end() && tag != last) {
            const std::uint64_t number = tag->second;
            tag = tags_.erase(tag);
            const auto found = flights_.find(number);
            if (found == flights_.end()) {
                continue;
            }
            --found->second.confirms;
            if (!confirm.is_taken && !found->second.failure) {
                found->second.failure = unknown("it did not confirm");
            }
            collect(number, ended);
        }
    }
    answer(std::move(ended));
}

// Comes before its confirm, which is the same as that of what was taken.
void Publisher::handle_return(const AmqpReturn& returned) {
    std::string topic;
    {
        const std::lock_guard lock{mutex_};
        const auto number = parse_number(
            std::string_view{returned.id}.substr(std::min(id_.size(), returned.id.size())));
        const auto found = number ? flights_.find(*number) : flights_.end();
        if (found == flights_.end()) {
            return;
        }
        topic = found->second.topic;
        found->second.failure =
            amqp_unavailable("nothing takes what is published to " + topic + ": " + returned.why);
    }
    sink_->on_replaced(topic);
}

void Publisher::see(std::string_view id, std::uint64_t offset) {
    if (!id.starts_with(id_)) {
        return;
    }
    std::vector<Published> ended;
    {
        const std::lock_guard lock{mutex_};
        const auto number = parse_number(id.substr(id_.size()));
        const auto found = number ? flights_.find(*number) : flights_.end();
        if (found == flights_.end()) {
            return;
        }
        found->second.offset = offset;
        // Only what is committed is given out of a stream; the confirm was lost.
        if (!is_connected_ && found->second.confirms == 1) {
            found->second.confirms = 0;
        }
        collect(*number, ended);
    }
    answer(std::move(ended));
}

void Publisher::collect(std::uint64_t number, std::vector<Published>& ended) {
    const auto found = flights_.find(number);
    Flight& flight = found->second;
    if (flight.confirms == 0 && (flight.offset || flight.failure)) {
        ended.push_back(
            {std::move(flight.waiter), flight.offset.value_or(0), std::move(flight.failure)});
        flights_.erase(found);
    }
}

// In the order in which they were sent, so the first that has time ends the search.
void Publisher::expire() {
    std::vector<Published> ended;
    bool is_silent = false;
    {
        const std::lock_guard lock{mutex_};
        const Steady now = std::chrono::steady_clock::now();
        while (!flights_.empty() && flights_.begin()->second.deadline <= now) {
            Flight& flight = flights_.begin()->second;
            auto why = flight.failure ? std::move(*flight.failure)
                                      : unknown("it has not confirmed in time");
            ended.push_back({std::move(flight.waiter), 0, std::move(why)});
            flights_.erase(flights_.begin());
            is_silent = is_connected_;
        }
    }
    answer(std::move(ended));
    if (is_silent) {
        throw amqp_unavailable("it has not confirmed in time");
    }
}

void Publisher::refuse_all(const Failure& failure) {
    std::vector<Published> ended;
    {
        const std::lock_guard lock{mutex_};
        for (Publication& publication : std::exchange(queue_, {})) {
            ended.push_back({std::move(publication.waiter), 0, failure});
        }
        for (auto& [number, flight] : std::exchange(flights_, {})) {
            ended.push_back({std::move(flight.waiter), 0, failure});
        }
    }
    answer(std::move(ended));
}

void Publisher::answer(std::vector<Published> ended) {
    if (!ended.empty()) {
        sink_->on_published(std::move(ended));
    }
}

}  // namespace loquat::store
