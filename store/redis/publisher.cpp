#include "store/redis/publisher.hpp"

#include <array>
#include <utility>

#include "base/log.hpp"

namespace loquat::store {
namespace {

constexpr std::chrono::minutes refusals_each{1};

Steady now() { return std::chrono::steady_clock::now(); }

}  // namespace

RedisPublisher::RedisPublisher(aio::Loop& loop, RedisLink::Options options, Limits limits,
                               RedisCounts& counts, FirstConnections& first)
    : loop_(loop),
      limits_(limits),
      counts_(counts),
      first_(first),
      link_(loop, std::move(options), *this) {}

Task<void> RedisPublisher::stop() {
    drain();
    if (link_.is_up()) {
        send_pulse(Pulse::Says::farewell);
        link_.flush();
    }
    co_await link_.stop();
}

void RedisPublisher::publish(std::string_view topic, std::string_view payload) {
    const std::lock_guard lock{mutex_};
    if (!is_up_ || outgoing_.size() + unsent_ + payload.size() > limits_.unsent_bytes_max) {
        has_lost_ = true;
        counts_.dropped.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    const bool is_first = outgoing_.empty();
    append_command(outgoing_, std::array<std::string_view, 3>{"PUBLISH", topic, payload},
                   envelope_.tail());
    ++commands_;
    if (is_first) {
        loop_.post([this] { drain(); });
    }
}

void RedisPublisher::drain() {
    std::string bytes;
    std::uint64_t commands = 0;
    {
        const std::lock_guard lock{mutex_};
        bytes.swap(outgoing_);
        commands = std::exchange(commands_, 0);
        if (link_.is_up()) {
            unsent_ = link_.unsent_bytes() + bytes.size();
        } else if (commands > 0) {
            has_lost_ = true;
        }
    }
    if (!link_.is_up()) {
        counts_.dropped.fetch_add(commands, std::memory_order_relaxed);
        return;
    }
    if (unanswered_ == 0) {
        answered_at_ = now();
    }
    unanswered_ += commands;
    counts_.sent.fetch_add(commands, std::memory_order_relaxed);
    link_.send(bytes);
}

void RedisPublisher::pulse() {
    if (!link_.is_up()) {
        return;
    }
    if (unanswered_ > 0 && now() - answered_at_ >= limits_.answer_max) {
        link_.break_off("the server does not answer");
        return;
    }
    drain();
    send_pulse(Pulse::Says::all);
}

// What was dropped is older than the pulse that says so.
void RedisPublisher::send_pulse(Pulse::Says says) {
    {
        const std::lock_guard lock{mutex_};
        says = std::exchange(has_lost_, false) ? Pulse::Says::lost : says;
        unsent_ = link_.unsent_bytes();
    }
    const std::string text = Pulse{envelope_.publisher(), ++number_, says}.to_text();
    std::string command;
    append_command(command, std::array<std::string_view, 3>{"PUBLISH", pulse_channel, text});
    if (unanswered_++ == 0) {
        answered_at_ = now();
    }
    link_.send(command);
}

void RedisPublisher::on_up() {
    counts_.connections.fetch_add(1, std::memory_order_relaxed);
    unanswered_ = 0;
    {
        const std::lock_guard lock{mutex_};
        outgoing_.clear();
        commands_ = 0;
        // Before the first one nobody has heard of this publisher, and so misses nothing of it.
        has_lost_ = has_lost_ || number_ > 0;
        is_up_ = true;
    }
    send_pulse(Pulse::Says::all);
    first_.note();
}

void RedisPublisher::on_down() {
    const std::lock_guard lock{mutex_};
    is_up_ = false;
    has_lost_ = true;
    counts_.dropped.fetch_add(std::exchange(commands_, 0), std::memory_order_relaxed);
    outgoing_.clear();
    unsent_ = 0;
}

void RedisPublisher::on_reply(RedisReply reply) {
    answered_at_ = now();
    unanswered_ -= unanswered_ > 0 ? 1 : 0;
    if (!reply.is_error()) {
        return;
    }
    counts_.refused.fetch_add(1, std::memory_order_relaxed);
    {
        const std::lock_guard lock{mutex_};
        has_lost_ = true;
    }
    if (answered_at_ - told_at_ >= refusals_each) {
        told_at_ = answered_at_;
        log_error({.service = "redis"}, "what is published is refused", {{"error", reply.text}});
    }
}

}  // namespace loquat::store
