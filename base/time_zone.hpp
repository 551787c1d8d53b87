#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace loquat {

// A zone of the IANA database as the system has it (/usr/share/zoneinfo, Debian's package tzdata).
// `UTC` is known without it.  Cheap to copy; any thread.
class TimeZone {
  public:
    // None for a name that is not in the database.  Reads a small file the first time.
    static std::optional<TimeZone> find(std::string_view name);

    // Where that day begins.  Where the clock leaps over midnight: the first moment after the leap;
    // where midnight comes twice: the first one.  A day that the zone left out has the beginning of
    // the next one.
    Time start_of(std::chrono::local_days day) const;
    // Whose day it is there.
    std::chrono::local_days day_of(Time time) const;

  private:
    struct Rules;
    explicit TimeZone(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}

    std::shared_ptr<const Rules> rules_;
};

// 2026-11-21; none for any other form and for days that are not in the calendar.
std::optional<std::chrono::local_days> parse_day(std::string_view text);
// Years 0 to 9999.
std::string to_day_text(std::chrono::local_days day);

}  // namespace loquat
