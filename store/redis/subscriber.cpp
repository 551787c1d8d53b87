#include "store/redis/subscriber.hpp"

#include <algorithm>
#include <array>

#include "base/log.hpp"
#include "store/redis/publisher.hpp"

namespace loquat::store {
namespace {

constexpr std::size_t channels_each = 256;  // in one SUBSCRIBE
constexpr std::chrono::milliseconds lost_step{50};
constexpr std::size_t slice_min = 64;

Steady now() { return std::chrono::steady_clock::now(); }

}  // namespace

RedisSubscriber::RedisSubscriber(aio::Loop& loop, RedisLink::Options options, Limits limits,
                                 const Ends& ends)
    : loop_(loop),
      limits_(limits),
      counts_(ends.counts),
      first_(ends.first),
      hub_(ends.hub),
      own_(ends.own),
      link_(loop, std::move(options), *this),
      timer_([this] { tell_owed(); }) {}

Task<void> RedisSubscriber::stop() {
    timer_.stop();
    co_await link_.stop();
}

void RedisSubscriber::send(std::string_view command, std::string_view channel) {
    std::string bytes;
    append_command(bytes, std::array<std::string_view, 2>{command, channel});
    link_.send(bytes);
}

void RedisSubscriber::begin(std::string topic) {
    const auto [at, is_new] = wanted_.insert(std::move(topic));
    count_.store(wanted_.size(), std::memory_order_relaxed);
    if (!is_new) {
        return;
    }
    unheard_.insert(*at);
    if (link_.is_up()) {
        ++asked_;
        send("SUBSCRIBE", *at);
    }
}

void RedisSubscriber::settle(std::shared_ptr<aio::Completion<void>> done) {
    settling_.push_back({asked_, std::move(done)});
    settle_due();
}

// The server answers in order.
void RedisSubscriber::settle_due() {
    while (!settling_.empty() && (settling_.front().confirmed <= confirmed_ || !link_.is_up())) {
        settling_.front().done->set();
        settling_.pop_front();
    }
}

void RedisSubscriber::end(const std::string& topic) {
    wanted_.erase(topic);
    unheard_.erase(topic);
    owed_.erase(topic);
    count_.store(wanted_.size(), std::memory_order_relaxed);
    if (link_.is_up()) {
        send("UNSUBSCRIBE", topic);
    }
}

void RedisSubscriber::on_up() {
    counts_.connections.fetch_add(1, std::memory_order_relaxed);
    first_.note();
    heard_at_ = now();
    pulses_.begin(heard_at_);
    // Pulses first: a publisher that is heard here from now on is heard whole.
    std::vector<std::string_view> args{"SUBSCRIBE", pulse_channel};
    std::string bytes;
    for (const std::string& topic : wanted_) {
        args.push_back(topic);
        if (args.size() > channels_each) {
            append_command(bytes, args);
            args.resize(1);
        }
    }
    if (args.size() > 1) {
        append_command(bytes, args);
    }
    unconfirmed_ = wanted_.size() + 1;
    asked_ += unconfirmed_;
    link_.send(bytes);
}

void RedisSubscriber::on_down() {
    unconfirmed_ = 0;
    confirmed_ = asked_;
    settle_due();
    pulses_.begin(now());
    judge();
    lose_all();
}

bool RedisSubscriber::look() {
    if (!link_.is_up()) {
        return false;
    }
    if (now() - heard_at_ >= limits_.answer_max) {
        link_.break_off("the server does not answer");
        return false;
    }
    std::string ping;
    append_command(ping, std::array<std::string_view, 1>{"PING"});
    link_.send(ping);
    const bool is_late = pulses_.look(now()) == PulseBook::Heard::lost;
    if (is_late) {
        lose_all();
    }
    judge();
    return is_late;
}

void RedisSubscriber::judge() {
    const bool is_whole = link_.is_up() && unconfirmed_ == 0 && !pulses_.has_late();
    is_whole_.store(is_whole, std::memory_order_relaxed);
}

void RedisSubscriber::on_reply(RedisReply reply) {
    heard_at_ = now();
    if (reply.is_error()) {
        counts_.refused.fetch_add(1, std::memory_order_relaxed);
        log_error({.service = "redis"}, "a subscription is refused", {{"error", reply.text}});
        return;
    }
    if (reply.items.size() != 3) {
        return;  // the answer to a PING
    }
    const std::string& what = reply.items[0].text;
    const std::string& channel = reply.items[1].text;
    if (what == "message") {
        on_message(channel, reply.items[2].text);
    } else if (what == "subscribe") {
        on_confirmed(channel);
    }
}

void RedisSubscriber::on_message(std::string_view channel, std::string& message) {
    if (channel == pulse_channel) {
        on_pulse(message);
        return;
    }
    counts_.received.fetch_add(1, std::memory_order_relaxed);
    if (own_.open(message)) {
        hub_.publish(channel, std::make_shared<const std::string>(std::move(message)));
    }
}

void RedisSubscriber::on_pulse(std::string_view text) {
    const Pulse pulse = Pulse::read(text);
    if (pulse.publisher.empty() || pulse.publisher == own_.publisher()) {
        return;
    }
    // What a new connection has missed is told as each topic is confirmed.
    const bool is_judged = unconfirmed_ == 0;
    if (pulses_.hear(pulse, now()) == PulseBook::Heard::lost && is_judged) {
        lose_all();
    }
    judge();
}

// What was published between the wish and this moment may have been missed.
void RedisSubscriber::on_confirmed(const std::string& channel) {
    unconfirmed_ -= unconfirmed_ > 0 ? 1 : 0;
    ++confirmed_;
    if (unheard_.erase(channel) > 0) {
        hub_.publish(channel, nullptr);  // nobody has shown anything of it yet
    } else if (wanted_.contains(channel)) {
        owe(channel);
    }
    settle_due();
    judge();
}

void RedisSubscriber::lose_all() {
    for (const std::string& topic : wanted_) {
        owe(topic);
    }
}

void RedisSubscriber::owe(const std::string& topic) {
    owed_.insert(topic);
    if (!timer_.is_running()) {
        timer_.start(loop_, std::chrono::milliseconds{0});
    }
}

// Some at a time, so that those who then read the store do not all come at once.
void RedisSubscriber::tell_owed() {
    const auto steps =
        static_cast<std::size_t>(std::max<std::int64_t>(1, limits_.lost_spread / lost_step));
    slice_ = std::max({slice_, slice_min, owed_.size() / steps});
    for (std::size_t told = 0; told < slice_ && !owed_.empty(); ++told) {
        const auto node = owed_.extract(owed_.begin());
        hub_.publish(node.value(), nullptr);
    }
    if (owed_.empty()) {
        slice_ = 0;
    } else {
        timer_.start(loop_, lost_step);
    }
}

}  // namespace loquat::store
