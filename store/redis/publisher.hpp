#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "store/redis/envelope.hpp"
#include "store/redis/link.hpp"
#include "store/redis/open.hpp"
#include "store/redis/pulses.hpp"

namespace loquat::store {

inline constexpr std::string_view pulse_channel = "loquat.pulse";

// The connection that publishes.  `publish` from any thread, the rest on its loop.
class RedisPublisher final : RedisLink::User {
  public:
    struct Limits {
        std::size_t unsent_bytes_max;
        std::chrono::milliseconds answer_max;
    };

    RedisPublisher(aio::Loop& loop, RedisLink::Options options, Limits limits, RedisCounts& counts,
                   FirstConnections& first);

    void start() { link_.start(); }
    // Says farewell, as far as the socket takes it at once.
    Task<void> stop();
    // Never waits.  What cannot be sent is dropped, and the next pulse tells others so.
    void publish(std::string_view topic, std::string_view payload);
    // Every second: that this publisher is alive, and has lost nothing.
    void pulse();
    const Envelope& envelope() const { return envelope_; }
    // Connects anew, to whom the Sentinels name now.
    void renew() { link_.break_off("another process is not heard here any more"); }

  private:
    void on_up() override;
    void on_down() override;
    void on_reply(RedisReply reply) override;
    void drain();
    void send_pulse(Pulse::Says says);

    aio::Loop& loop_;
    const Limits limits_;
    RedisCounts& counts_;
    FirstConnections& first_;
    const Envelope envelope_;
    RedisLink link_;
    std::uint64_t number_ = 0;      // of the last pulse
    std::uint64_t unanswered_ = 0;  // commands
    Steady answered_at_{};
    Steady told_at_{};  // that it is refused

    std::mutex mutex_;
    // By the mutex:
    std::string outgoing_;
    std::uint64_t commands_ = 0;  // in it
    std::size_t unsent_ = 0;      // bytes that the link still has
    bool is_up_ = false;
    bool has_lost_ = false;  // something that others have not been told of
};

}  // namespace loquat::store
