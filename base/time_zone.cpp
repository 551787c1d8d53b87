#include "base/time_zone.hpp"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <filesystem>
#include <string>

namespace loquat {
namespace {

using std::chrono::local_days;

constexpr std::string_view folder = "/usr/share/zoneinfo/";
constexpr std::size_t name_max = 64;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '-' || c == '/';
}

// The library keeps every name that it was ever asked for and takes paths for names, so it is asked
// only for what lies in the folder.
bool is_in_folder(std::string_view name) {
    if (name.empty() || name.size() > name_max || name.front() == '/' ||
        !std::ranges::all_of(name, is_name_character)) {
        return false;
    }
    std::error_code ignored;
    return std::filesystem::is_regular_file(std::string{folder}.append(name), ignored);
}

absl::CivilDay to_civil(local_days day) {
    return absl::CivilDay{1970, 1, 1} + day.time_since_epoch().count();
}

bool is_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

unsigned to_unsigned(std::string_view digits) {
    unsigned number = 0;
    for (const char digit : digits) {
        number = number * 10 + static_cast<unsigned>(digit - '0');
    }
    return number;
}

}  // namespace

struct TimeZone::Rules {
    absl::TimeZone zone;
};

std::optional<TimeZone> TimeZone::find(std::string_view name) {
    auto rules = std::make_shared<Rules>();
    if (name == "UTC") {
        rules->zone = absl::UTCTimeZone();
        return TimeZone{std::move(rules)};
    }
    if (!is_in_folder(name) ||
        !absl::LoadTimeZone(absl::string_view{name.data(), name.size()}, &rules->zone)) {
        return std::nullopt;
    }
    return TimeZone{std::move(rules)};
}

Time TimeZone::start_of(local_days day) const {
    const absl::TimeZone::TimeInfo info = rules_->zone.At(absl::CivilSecond{to_civil(day)});
    const absl::Time start = info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
    return from_unix_ms(absl::ToUnixMillis(start));
}

local_days TimeZone::day_of(Time time) const {
    const absl::CivilDay day{rules_->zone.At(absl::FromUnixMillis(to_unix_ms(time))).cs};
    return local_days{std::chrono::days{day - absl::CivilDay{1970, 1, 1}}};
}

std::optional<local_days> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !is_digits(text.substr(0, 4)) ||
        !is_digits(text.substr(5, 2)) || !is_digits(text.substr(8, 2))) {
        return std::nullopt;
    }
    const std::chrono::year_month_day day{
        std::chrono::year{static_cast<int>(to_unsigned(text.substr(0, 4)))},
        std::chrono::month{to_unsigned(text.substr(5, 2))},
        std::chrono::day{to_unsigned(text.substr(8, 2))}};
    return day.ok() ? std::optional{local_days{day}} : std::nullopt;
}

std::string to_day_text(local_days day) {
    const std::chrono::sys_time<std::chrono::milliseconds> as_utc{day.time_since_epoch()};
    return to_rfc3339(as_utc).substr(0, 10);
}

}  // namespace loquat
