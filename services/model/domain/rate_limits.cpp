#include "services/model/domain/rate_limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "base/http_date.hpp"
#include "base/text.hpp"

namespace loquat::model {
namespace {

using std::chrono::milliseconds;

// Numbers above are times, not durations.
constexpr double unix_seconds_min = 1e9;
constexpr double unix_milliseconds_min = 1e11;
constexpr double most_ms = 7.0 * 24 * 3600 * 1000;

std::optional<double> parse_real(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size() && !text.empty();
    return whole && std::isfinite(value) ? std::optional{value} : std::nullopt;
}

milliseconds from_ms(double ms) {
    return milliseconds{static_cast<std::int64_t>(std::ceil(std::clamp(ms, 0.0, most_ms)))};
}

std::optional<double> ms_of_unit(std::string_view unit) {
    struct Unit {
        std::string_view name;
        double ms;
    };
    constexpr std::array units{Unit{"ms", 1},           Unit{"s", 1e3},    Unit{"m", 6e4},
                               Unit{"h", 3.6e6},        Unit{"d", 8.64e7}, Unit{"us", 1e-3},
                               Unit{"\xc2\xb5s", 1e-3}, Unit{"ns", 1e-6}};
    for (const Unit& one : units) {
        if (one.name == unit) {
            return one.ms;
        }
    }
    return std::nullopt;
}

// 2m59.56s
std::optional<milliseconds> parse_go_duration(std::string_view text) {
    double total = 0;
    if (text.empty()) {
        return std::nullopt;
    }
    while (!text.empty()) {
        const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
        const auto number = parse_real(text.substr(0, digits));
        text.remove_prefix(digits);
        const std::size_t letters = std::min(text.find_first_of("0123456789."), text.size());
        const auto unit = ms_of_unit(text.substr(0, letters));
        text.remove_prefix(letters);
        if (!number || !unit) {
            return std::nullopt;
        }
        total += *number * *unit;
    }
    return from_ms(total);
}

std::optional<milliseconds> until(std::optional<Time> time, Time now) {
    if (!time) {
        return std::nullopt;
    }
    return from_ms(static_cast<double>((*time - now).count()));
}

}  // namespace

std::optional<milliseconds> parse_reset(std::string_view text, Time now) {
    text = trim(text);
    if (const auto number = parse_real(text)) {
        if (*number >= unix_seconds_min) {
            const double ms = *number >= unix_milliseconds_min ? *number : *number * 1000;
            return from_ms(ms - static_cast<double>(to_unix_ms(now)));
        }
        return *number < 0 ? std::nullopt : std::optional{from_ms(*number * 1000)};
    }
    if (const auto duration = parse_go_duration(text)) {
        return duration;
    }
    return until(parse_rfc3339(text), now);
}

std::optional<milliseconds> parse_retry_after(const FieldOf& field, Time now) {
    if (const auto ms = parse_real(trim(field("retry-after-ms"))); ms && *ms >= 0) {
        return from_ms(*ms);
    }
    const std::string_view text = trim(field("retry-after"));
    if (const auto date = parse_http_date(text)) {
        return until(date, now);
    }
    return parse_reset(text, now);
}

std::optional<milliseconds> parse_hold(const FieldOf& field, Time now) {
    std::optional<milliseconds> hold;
    for (const std::string kind : {"requests", "tokens"}) {
        const auto left = parse_real(trim(field("x-ratelimit-remaining-" + kind)));
        const auto reset = parse_reset(field("x-ratelimit-reset-" + kind), now);
        if (left && *left <= 0 && reset) {
            hold = std::max(hold.value_or(milliseconds{0}), *reset);
        }
    }
    return hold;
}

}  // namespace loquat::model
