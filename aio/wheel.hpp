#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "aio/timer.hpp"
#include "base/clock.hpp"

namespace loquat::aio {

// A hashed timing wheel (Varghese and Lauck, 1987): 4,096 slots of 4 ms.  Starting and stopping are
// O(1); timers further away than one turn (16 s) stay in their slot and are looked at once a turn.
// The loop waits no longer than to the next slot that holds anything.
class TimerWheel {
  public:
    static constexpr std::chrono::milliseconds tick{4};

    TimerWheel();
    ~TimerWheel();

    // A time beyond `after_max` is that far away.
    static constexpr std::chrono::milliseconds after_max = std::chrono::hours{24 * 365};
    void add(TimerNode& node, std::chrono::milliseconds after);
    void remove(TimerNode& node);

    // When `fire_due` has something to do; none without timers.
    std::optional<Steady> next_due() const;
    // Calls what is due.
    void fire_due();

  private:
    static constexpr std::size_t slots_count = 4096;

    std::uint64_t tick_of(Steady time) const;
    void fire();
    void run_slot(std::uint64_t tick_now, std::size_t slot);
    void arm();

    Steady origin_;
    std::uint64_t done_tick_ = 0;   // everything due at or before it has fired
    std::uint64_t armed_tick_ = 0;  // the next that may hold anything; 0: none
    std::size_t count_ = 0;
    std::array<TimerNode*, slots_count> slots_{};
};

}  // namespace loquat::aio
