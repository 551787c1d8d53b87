#pragma once
#include <array>
#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace loquat::runtime {

// How many calls may be tried again: a share of those that were made in the last ten seconds, and
// a few in any case.  So a server that is down does not get twice the load.  Pure.
class RetryBudget {
  public:
    struct Rules {
        std::int32_t percent = 10;
        std::int32_t each_second_min = 3;
    };

    explicit RetryBudget(Rules rules) : rules_(rules) {}

    // A call that is no retry.
    void note_call(Steady now);
    // Takes one retry out of the budget; false when there is none left.
    bool try_take(Steady now);
    // Whether one could be taken now.
    bool has_left(Steady now);
    // How many could be taken now.
    std::int64_t left(Steady now);

  private:
    static constexpr std::int64_t seconds_kept = 10;
    struct Second {
        std::int64_t number = -1;
        std::int64_t calls = 0;
        std::int64_t retries = 0;
    };

    Second& second_of(Steady now);

    Rules rules_;
    std::array<Second, seconds_kept> seconds_{};
};

}  // namespace loquat::runtime
