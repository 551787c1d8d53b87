#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace loquat {

// Wall time in whole milliseconds: what is stored and what goes over the wire.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;
// Time that never jumps: deadlines, timers, rates.
using Steady = std::chrono::steady_clock::time_point;

// Time is passed in, never fetched: tests use FakeClock and need no sleeps.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
    virtual Steady steady() const = 0;
};

class SystemClock final : public Clock {
  public:
    Time now() const override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now());
    }
    Steady steady() const override { return std::chrono::steady_clock::now(); }
};

// Starts at 2026-01-01T00:00:00Z and moves only when told.  One thread.
class FakeClock final : public Clock {
  public:
    Time now() const override { return now_; }
    Steady steady() const override { return steady_; }
    void advance(std::chrono::milliseconds by) {
        now_ += by;
        steady_ += by;
    }

  private:
    Time now_{std::chrono::milliseconds{1'767'225'600'000}};
    Steady steady_{std::chrono::hours{1}};
};

// RFC 3339 in UTC with milliseconds: 2026-11-21T07:26:00.123Z.
std::string to_rfc3339(Time time);
// Accepts any RFC 3339 time with an offset; fractions beyond milliseconds are cut.
std::optional<Time> parse_rfc3339(std::string_view text);

inline std::int64_t to_unix_ms(Time time) { return time.time_since_epoch().count(); }
inline Time from_unix_ms(std::int64_t ms) { return Time{std::chrono::milliseconds{ms}}; }

}  // namespace loquat
