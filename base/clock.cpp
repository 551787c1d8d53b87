#include "base/clock.hpp"

#include <array>
#include <cstdio>

namespace loquat {
namespace {

// Reads exactly `count` digits at `at`; -1 when there is something else.
int digits_at(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) {
        return -1;
    }
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

// Minutes east of UTC from `Z` or `+hh:mm`.
std::optional<int> offset_minutes(std::string_view text) {
    if (text == "Z" || text == "z") {
        return 0;
    }
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return std::nullopt;
    }
    const int hours = digits_at(text, 1, 2);
    const int minutes = digits_at(text, 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return std::nullopt;
    }
    const int total = hours * 60 + minutes;
    return text[0] == '-' ? -total : total;
}

}  // namespace

std::string to_rfc3339(Time time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss<milliseconds> clock{time - day};
    std::array<char, 40> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<Time> parse_rfc3339(std::string_view text) {
    using namespace std::chrono;
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != 't' && text[10] != ' ') || text[13] != ':' ||
        text[16] != ':') {
        return std::nullopt;
    }
    const std::array parts{digits_at(text, 0, 4),  digits_at(text, 5, 2),  digits_at(text, 8, 2),
                           digits_at(text, 11, 2), digits_at(text, 14, 2), digits_at(text, 17, 2)};
    for (const int part : parts) {
        if (part < 0) {
            return std::nullopt;
        }
    }
    const year_month_day date{year{parts[0]}, month{static_cast<unsigned>(parts[1])},
                              day{static_cast<unsigned>(parts[2])}};
    if (!date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) {
        return std::nullopt;
    }
    int ms = 0;
    std::size_t at = 19;
    if (text[at] == '.') {
        int scale = 100;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
            ms += (text[at] - '0') * scale;
            scale /= 10;
        }
        if (at == 20) {
            return std::nullopt;
        }
    }
    const auto offset = offset_minutes(text.substr(at));
    if (!offset) {
        return std::nullopt;
    }
    return Time{sys_days{date}.time_since_epoch() + hours{parts[3]} + minutes{parts[4] - *offset} +
                seconds{parts[5]} + milliseconds{ms}};
}

}  // namespace loquat
