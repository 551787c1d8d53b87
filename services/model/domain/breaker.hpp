#pragma once
#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace loquat::model {

enum class BreakerState : std::uint8_t { closed, open, half_open };

// A circuit breaker: after so many failures in a row nothing is tried for a while, then one try
// decides.  Each time in a row that it fails the while doubles.
class Breaker {
  public:
    struct Rules {
        std::int64_t failures = 5;
        std::chrono::milliseconds rest{10'000};
        std::chrono::milliseconds rest_max{120'000};
    };
    explicit Breaker(const Rules& rules) : rules_(rules), rest_(rules.rest) {}

    // Whether a try may begin; it has to end with one of the three below.
    bool try_begin(Steady now);
    void succeeded();
    void failed(Steady now);
    // It says nothing about the provider: canceled, or refused for its content.
    void undecided() { probing_ = false; }

    BreakerState state(Steady now) const;
    // When the next try may begin.
    Steady opens_at() const { return until_; }

  private:
    Rules rules_;
    std::chrono::milliseconds rest_;
    std::int64_t failures_ = 0;
    Steady until_ = Steady::min();
    bool probing_ = false;
};

}  // namespace loquat::model
