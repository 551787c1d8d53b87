#include "runtime/resilience/breaker.hpp"

#include <algorithm>

namespace loquat::runtime {

Breaker::Breaker(BreakerRules rules) : rules_(rules) {
    rules_.window = std::max<std::size_t>(1, rules_.window);
    rules_.calls_min = std::clamp<std::size_t>(rules_.calls_min, 1, rules_.window);
    rules_.probes = std::max<std::size_t>(1, rules_.probes);
}

void Breaker::change(BreakerState state, Steady now) {
    state_ = state;
    ++generation_;
    window_.clear();
    next_ = failures_ = slow_ = begun_ = ended_ = 0;
    in_row_ = 0;
    until_ = state == BreakerState::open        ? now + rules_.rest
             : state == BreakerState::half_open ? now + rules_.probe_time_max
                                                : Steady::min();
}

BreakerState Breaker::state(Steady now) const {
    return state_ == BreakerState::open && now >= until_ ? BreakerState::half_open : state_;
}

bool Breaker::may_begin(Steady now) const {
    switch (state_) {
        case BreakerState::closed:
            return true;
        case BreakerState::open:
            return now >= until_;
        case BreakerState::half_open:
            break;
    }
    return now < until_ && begun_ < rules_.probes;
}

std::optional<Breaker::Permit> Breaker::try_begin(Steady now) {
    if (state_ == BreakerState::open && now >= until_) {
        change(BreakerState::half_open, now);
    }
    if (state_ == BreakerState::half_open && now >= until_) {
        change(BreakerState::open, now);
    }
    if (!may_begin(now)) {
        ++refused_;
        return std::nullopt;
    }
    if (state_ == BreakerState::half_open) {
        ++begun_;
    }
    return Permit{generation_};
}

void Breaker::end(Permit permit, CallOutcome outcome, std::chrono::nanoseconds took, Steady now) {
    if (permit.generation != generation_) {
        return;
    }
    if (outcome == CallOutcome::ignored) {
        begun_ -= state_ == BreakerState::half_open ? 1 : 0;
        return;
    }
    const Call call{.is_failure = outcome != CallOutcome::success,
                    .is_slow = took >= rules_.slow_after};
    if (state_ == BreakerState::half_open) {
        end_probe(call, now);
    } else {
        end_closed(call, now);
    }
}

void Breaker::end_rest(Steady now) {
    if (state_ == BreakerState::open) {
        change(BreakerState::half_open, now);
    }
}

void Breaker::count(Call call) {
    if (window_.size() < rules_.window) {
        window_.push_back(call);
    } else {
        const Call old = std::exchange(window_[next_], call);
        next_ = (next_ + 1) % rules_.window;
        failures_ -= old.is_failure ? 1 : 0;
        slow_ -= old.is_slow ? 1 : 0;
    }
    failures_ += call.is_failure ? 1 : 0;
    slow_ += call.is_slow ? 1 : 0;
    in_row_ = call.is_failure ? in_row_ + 1 : 0;
}

bool Breaker::is_over(std::size_t calls, std::size_t failures, std::size_t slow) const {
    const auto reaches = [calls](std::size_t some, std::int32_t percent) {
        return some > 0 && some * 100 >= calls * static_cast<std::size_t>(percent);
    };
    return reaches(failures, rules_.failure_percent) || reaches(slow, rules_.slow_percent);
}

void Breaker::end_closed(Call call, Steady now) {
    count(call);
    const bool is_row = rules_.failures_in_row > 0 && in_row_ >= rules_.failures_in_row;
    if (is_row ||
        (window_.size() >= rules_.calls_min && is_over(window_.size(), failures_, slow_))) {
        change(BreakerState::open, now);
    }
}

void Breaker::end_probe(Call call, Steady now) {
    count(call);
    ++ended_;
    if (rules_.probing == Probing::all && call.is_failure) {
        change(BreakerState::open, now);
    } else if (ended_ == rules_.probes) {
        change(is_over(ended_, failures_, slow_) ? BreakerState::open : BreakerState::closed, now);
    }
}

std::optional<std::int32_t> Breaker::failure_percent() const {
    if (window_.size() < rules_.calls_min) {
        return std::nullopt;
    }
    return static_cast<std::int32_t>(failures_ * 100 / window_.size());
}

}  // namespace loquat::runtime
