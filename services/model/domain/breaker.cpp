#include "services/model/domain/breaker.hpp"

#include <algorithm>

namespace loquat::model {

bool Breaker::try_begin(Steady now) {
    if (state(now) == BreakerState::closed) {
        return true;
    }
    if (now < until_ || probing_) {
        return false;
    }
    probing_ = true;
    return true;
}

void Breaker::succeeded() {
    failures_ = 0;
    rest_ = rules_.rest;
    probing_ = false;
}

void Breaker::failed(Steady now) {
    const bool was_probe = failures_ >= rules_.failures;
    ++failures_;
    if (failures_ < rules_.failures) {
        return;
    }
    // What was under way when it opened says nothing new.
    if (was_probe && !probing_) {
        return;
    }
    until_ = now + rest_;
    rest_ = std::min(rest_ * 2, rules_.rest_max);
    probing_ = false;
}

BreakerState Breaker::state(Steady now) const {
    if (failures_ < rules_.failures) {
        return BreakerState::closed;
    }
    return now < until_ ? BreakerState::open : BreakerState::half_open;
}

}  // namespace loquat::model
