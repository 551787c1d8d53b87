#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "aio/completion.hpp"
#include "aio/timer.hpp"
#include "store/broadcast/hub.hpp"
#include "store/redis/envelope.hpp"
#include "store/redis/link.hpp"
#include "store/redis/open.hpp"
#include "store/redis/pulses.hpp"

namespace loquat::store {

// The connection that hears, and tells the hub.  Its loop only; `is_whole` on any thread.
class RedisSubscriber final : RedisLink::User {
  public:
    struct Limits {
        std::chrono::milliseconds answer_max;
        std::chrono::milliseconds lost_spread;
    };

    struct Ends {
        RedisCounts& counts;
        FirstConnections& first;
        BroadcastHub& hub;
        const Envelope& own;  // what has it was told here already
    };

    // All of `ends` outlives it.
    RedisSubscriber(aio::Loop& loop, RedisLink::Options options, Limits limits, const Ends& ends);

    void start() { link_.start(); }
    Task<void> stop();
    void begin(std::string topic);
    void end(const std::string& topic);
    // Tells when the server has confirmed what was begun before; at once while it is away.
    void settle(std::shared_ptr<aio::Completion<void>> done);
    // Every second.  True when a publisher has become late: the server may be the wrong one.
    bool look();
    void renew() { link_.break_off("another process is not heard here any more"); }
    // Every topic is confirmed, and nobody is late.
    bool is_whole() const { return is_whole_.load(std::memory_order_relaxed); }
    std::size_t topics() const { return count_.load(std::memory_order_relaxed); }

  private:
    void on_up() override;
    void on_down() override;
    void on_reply(RedisReply reply) override;
    void on_message(std::string_view channel, std::string& message);
    void on_pulse(std::string_view text);
    void on_confirmed(const std::string& channel);
    struct Settling {
        std::uint64_t confirmed = 0;  // when so many are
        std::shared_ptr<aio::Completion<void>> done;
    };

    void settle_due();
    void send(std::string_view command, std::string_view channel);
    void lose_all();
    void owe(const std::string& topic);
    void tell_owed();
    void judge();

    aio::Loop& loop_;
    const Limits limits_;
    RedisCounts& counts_;
    FirstConnections& first_;
    BroadcastHub& hub_;
    const Envelope& own_;
    RedisLink link_;
    PulseBook pulses_;
    std::unordered_set<std::string> wanted_;
    std::unordered_set<std::string> unheard_;  // of these: never confirmed
    std::uint64_t asked_ = 0;                  // subscriptions sent
    std::uint64_t confirmed_ = 0;              // of these
    std::deque<Settling> settling_;
    std::size_t unconfirmed_ = 0;  // of those that a new connection has to have
    Steady heard_at_{};
    std::unordered_set<std::string> owed_;  // topics to be told `lost`
    std::size_t slice_ = 0;                 // of them, each time
    aio::Timer timer_;
    std::atomic<bool> is_whole_ = false;
    std::atomic<std::size_t> count_ = 0;
};

}  // namespace loquat::store
