#pragma once
#include <functional>
#include <utility>

#include "base/clock.hpp"

namespace loquat::consumer {

// How long this instance may believe that what it reads is its own.  Others wait at least as long
// before they take it, so whoever slept knows by it that it has nothing to tell any more.  What is
// stored does not rest on it: that is fenced by the position.  One loop.
class ReaderLease {
  public:
    // For good: nobody else reads.
    ReaderLease() = default;
    // Not yet.  `now` goes on while the machine sleeps.
    explicit ReaderLease(std::function<Steady()> now) : now_(std::move(now)) {}

    Steady now() const { return now_(); }
    void extend(Steady until) { until_ = until; }
    bool stands() const { return !now_ || now_() < until_; }

  private:
    std::function<Steady()> now_;
    Steady until_{};
};

inline const ReaderLease sole_reader{};

}  // namespace loquat::consumer
