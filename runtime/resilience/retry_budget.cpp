#include "runtime/resilience/retry_budget.hpp"

#include <algorithm>

namespace loquat::runtime {

RetryBudget::Second& RetryBudget::second_of(Steady now) {
    const std::int64_t number =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    Second& second = seconds_[static_cast<std::size_t>(number % seconds_kept)];
    if (second.number != number) {
        second = {.number = number};
    }
    return second;
}

void RetryBudget::note_call(Steady now) { ++second_of(now).calls; }

std::int64_t RetryBudget::left(Steady now) {
    const Second& current = second_of(now);
    std::int64_t calls = 0;
    std::int64_t retries = 0;
    for (const Second& second : seconds_) {
        if (second.number > current.number - seconds_kept) {
            calls += second.calls;
            retries += second.retries;
        }
    }
    const std::int64_t of_share = calls * rules_.percent / 100 - retries;
    return std::max({of_share, rules_.each_second_min - current.retries, std::int64_t{0}});
}

// Asked before each call that could be repeated: mostly this second alone says so.
bool RetryBudget::has_left(Steady now) {
    return second_of(now).retries < rules_.each_second_min || left(now) > 0;
}

bool RetryBudget::try_take(Steady now) {
    if (!has_left(now)) {
        return false;
    }
    ++second_of(now).retries;
    return true;
}

}  // namespace loquat::runtime
