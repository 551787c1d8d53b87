#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

namespace loquat::gateway {

// A rate with a burst, as the generic cell rate algorithm (ITU-T I.371) counts it: one number per
// caller, the time at which the caller will have used nothing again.
struct Rate {
    std::int32_t per_minute = 0;  // 0: no limit
    std::int32_t burst = 0;       // requests at once, at least 1

    static Rate of(std::int32_t per_minute, std::int32_t burst = 0) {
        return {per_minute, burst > 0 ? burst : per_minute};
    }
    bool is_limited() const { return per_minute > 0; }
    std::chrono::nanoseconds interval() const {
        return std::chrono::nanoseconds{std::chrono::minutes{1}} / per_minute;
    }
    friend bool operator==(const Rate&, const Rate&) = default;
};

struct Verdict {
    bool is_allowed = true;
    std::int32_t limit = 0;               // 0: there was no limit to check
    std::int32_t remaining = 0;           // requests that would be let through now
    std::chrono::seconds reset{0};        // until the whole burst is there again, rounded up
    std::chrono::seconds retry_after{0};  // of a refusal: until one is let through, rounded up
};

// `now` and `full_at` count nanoseconds of one clock.  A refusal leaves `full_at` as it was, so
// that asking too often does not lengthen the wait.
inline Verdict check_rate(const Rate& rate, std::int64_t now, std::int64_t& full_at) {
    const std::int64_t interval = rate.interval().count();
    const std::int64_t room = interval * rate.burst;
    const auto seconds = [](std::int64_t ns) {
        return std::chrono::seconds{(std::max<std::int64_t>(ns, 0) + 999'999'999) / 1'000'000'000};
    };
    const std::int64_t after = std::max(full_at, now) + interval;
    Verdict verdict{.limit = rate.per_minute};
    if (after - now > room) {
        verdict.is_allowed = false;
        verdict.retry_after = std::max(std::chrono::seconds{1}, seconds(after - now - room));
        verdict.reset = seconds(full_at - now);
        return verdict;
    }
    full_at = after;
    verdict.remaining = static_cast<std::int32_t>((room - (after - now)) / interval);
    verdict.reset = seconds(after - now);
    return verdict;
}

}  // namespace loquat::gateway
