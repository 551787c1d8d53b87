#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "services/gateway/config.hpp"
#include "services/gateway/domain/methods.hpp"

namespace loquat::gateway {

// The filter Retry of Spring Cloud Gateway: which answers are asked for again, how often, and after
// which pause.  Within the budget of repeats, as all of them.
struct Repeats {
    // Names of its arguments in the order of the short form, then the others; lists are one text,
    // with commas.
    static constexpr std::string_view arguments =
        "retries,statuses,methods,backoff.firstBackoff,backoff.maxBackoff,backoff.factor,"
        "backoff.basedOnPreviousValue,series,jitter.randomFactor";

    // Why `filter` cannot be; nothing when it can.
    static std::optional<std::string> find_fault(const StepConfig& filter);
    static Repeats of(const StepConfig& filter);

    bool covers(int status) const;
    // Before the repeat of that number, from 1; `chance` is from [0, 1).
    std::chrono::milliseconds pause(std::int32_t number, double chance) const;

    std::int32_t retries = 3;
    std::vector<int> statuses;
    std::vector<int> series{5};
    Methods methods{Methods::get};
    std::chrono::milliseconds first{0};
    std::chrono::milliseconds longest{10'000};
    double factor = 2;
    double jitter = 0;
};

}  // namespace loquat::gateway
