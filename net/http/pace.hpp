#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

namespace loquat::net::http {

// The least rate at which the other side must send, however it spreads its bytes.
struct PaceRule {
    std::chrono::milliseconds grace{10'000};       // that may be waited before anything has come
    std::chrono::milliseconds credit_max{30'000};  // that bytes can earn for a later pause
    std::uint64_t bytes_per_second = 1'024;        // 0: no least rate
};

// How long the other side may still be waited for.  Waiting uses it up, bytes earn more of it: who
// sends at the least rate can go on for ever, who drips is at the end after the grace.  Time in
// which nobody waited is not counted: a slow reader on this side is no fault of the sender.
class Pace {
  public:
    void begin(const PaceRule& rule) { left_ = rule.grace; }
    std::chrono::nanoseconds left(const PaceRule& rule) const {
        const std::chrono::nanoseconds none{0};
        return rule.bytes_per_second == 0 ? std::chrono::nanoseconds::max() : std::max(left_, none);
    }
    void on_waited(std::chrono::nanoseconds time) { left_ -= time; }
    void on_bytes(const PaceRule& rule, std::uint64_t bytes) {
        if (rule.bytes_per_second == 0) {
            return;
        }
        const std::chrono::nanoseconds most = std::max(rule.credit_max, rule.grace);
        // More than earns everything would only overflow.
        const std::uint64_t enough =
            rule.bytes_per_second * static_cast<std::uint64_t>(most / std::chrono::seconds{1} + 1);
        const std::chrono::nanoseconds earned{static_cast<std::int64_t>(
            std::min(bytes, enough) * 1'000'000'000 / rule.bytes_per_second)};
        left_ = std::min(left_ + earned, most);
    }

  private:
    std::chrono::nanoseconds left_{0};
};

}  // namespace loquat::net::http
