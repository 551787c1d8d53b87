#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"

namespace loquat::runtime {

enum class BreakerState : std::uint8_t { closed, open, half_open };

// How a call ended, as the breaker sees it.
enum class CallOutcome : std::uint8_t {
    success,
    failure,
    unreachable,  // a failure: nobody took the connection
    refused,      // a failure: it answered that it cannot, or that what it needs cannot
    ignored,      // it says nothing about the other side: canceled, or refused for its content
};

// What decides while it is half open.
enum class Probing : std::uint8_t {
    all,    // the first failure opens it again (gobreaker)
    share,  // all probes are awaited, then their share of failures decides (Resilience4j)
};

struct BreakerRules {
    std::int32_t failure_percent = 50;  // of the window; from so many on it opens
    std::int32_t slow_percent = 100;    // and so for calls that took `slow_after` or longer
    std::chrono::milliseconds slow_after{60'000};
    std::size_t window = 100;          // calls, the latest
    std::size_t calls_min = 20;        // with fewer in the window it does not open by a share
    std::int32_t failures_in_row = 0;  // opens it whatever the window says; 0: does not
    std::chrono::milliseconds rest{60'000};
    std::size_t probes = 3;
    Probing probing = Probing::all;
    // A probe that has not ended by then is counted as failed: it cannot block the way back.
    std::chrono::milliseconds probe_time_max{30'000};
};

// A circuit breaker.  Pure: time is passed in.
class Breaker {
  public:
    // Of one call that was let through; ends exactly once.
    struct Permit {
        std::uint64_t generation = 0;
    };

    explicit Breaker(BreakerRules rules);

    // Whether try_begin would let a call through.
    bool may_begin(Steady now) const;
    // None: refused at once.
    std::optional<Permit> try_begin(Steady now);
    // What ends after the state has changed meanwhile is dropped.
    void end(Permit permit, CallOutcome outcome, std::chrono::nanoseconds took, Steady now);

    // Ends a rest: who was not there is there again, and probes may decide.
    void end_rest(Steady now);

    BreakerState state(Steady now) const;
    // While it is open: when calls are tried again.
    Steady opens_at() const { return until_; }
    // Shares of the window in percent; none while it holds fewer than `calls_min`.
    std::optional<std::int32_t> failure_percent() const;
    std::uint64_t refused() const { return refused_; }

  private:
    struct Call {
        bool is_failure = false;
        bool is_slow = false;
    };

    void change(BreakerState state, Steady now);
    void count(Call call);
    void end_closed(Call call, Steady now);
    void end_probe(Call call, Steady now);
    bool is_over(std::size_t calls, std::size_t failures, std::size_t slow) const;

    BreakerRules rules_;
    BreakerState state_ = BreakerState::closed;
    std::uint64_t generation_ = 1;
    std::vector<Call> window_;
    std::size_t next_ = 0;  // to be replaced, once the window is full
    std::size_t failures_ = 0;
    std::size_t slow_ = 0;
    std::int32_t in_row_ = 0;
    std::size_t begun_ = 0;  // probes
    std::size_t ended_ = 0;
    Steady until_ = Steady::min();
    std::uint64_t refused_ = 0;
};

}  // namespace loquat::runtime
