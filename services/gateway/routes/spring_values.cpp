#include "services/gateway/routes/spring_values.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace loquat::gateway {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t milliseconds_max = 366ULL * 24 * 3'600 * 1'000;

std::optional<milliseconds> times(std::string_view number, std::uint64_t unit) {
    const auto count = parse_number(trim(number));
    return count && *count <= milliseconds_max / unit
               ? std::optional{milliseconds{static_cast<std::int64_t>(*count * unit)}}
               : std::nullopt;
}

// ISO 8601 as far as times need it: P1DT2H3M4S, in that order.
std::optional<milliseconds> iso_duration(std::string_view text) {
    milliseconds sum{0};
    bool is_time = false;
    bool has_part = false;
    for (text.remove_prefix(1); !text.empty();) {
        if (text.front() == 'T' && !is_time) {
            is_time = true;
            text.remove_prefix(1);
            continue;
        }
        const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
        const char unit = digits < text.size() ? text[digits] : ' ';
        const std::uint64_t size = !is_time && unit == 'D'  ? 86'400'000
                                   : is_time && unit == 'H' ? 3'600'000
                                   : is_time && unit == 'M' ? 60'000
                                   : is_time && unit == 'S' ? 1'000
                                                            : 0;
        const auto part = size == 0 ? std::nullopt : times(text.substr(0, digits), size);
        if (!part) {
            return std::nullopt;
        }
        sum += *part;
        has_part = true;
        text.remove_prefix(digits + 1);
    }
    return has_part ? std::optional{sum} : std::nullopt;
}

}  // namespace

// 404, or one of the names that Spring has for the usual ones.
std::optional<int> status_of(std::string_view text) {
    constexpr std::array names =
        std::to_array<std::pair<std::string_view, int>>({{"OK", 200},
                                                         {"CREATED", 201},
                                                         {"ACCEPTED", 202},
                                                         {"NO_CONTENT", 204},
                                                         {"MOVED_PERMANENTLY", 301},
                                                         {"FOUND", 302},
                                                         {"SEE_OTHER", 303},
                                                         {"TEMPORARY_REDIRECT", 307},
                                                         {"PERMANENT_REDIRECT", 308},
                                                         {"BAD_REQUEST", 400},
                                                         {"UNAUTHORIZED", 401},
                                                         {"FORBIDDEN", 403},
                                                         {"NOT_FOUND", 404},
                                                         {"GONE", 410},
                                                         {"CONFLICT", 409},
                                                         {"METHOD_NOT_ALLOWED", 405},
                                                         {"REQUEST_TIMEOUT", 408},
                                                         {"NOT_IMPLEMENTED", 501},
                                                         {"NOT_MODIFIED", 304},
                                                         {"TOO_MANY_REQUESTS", 429},
                                                         {"INTERNAL_SERVER_ERROR", 500},
                                                         {"BAD_GATEWAY", 502},
                                                         {"SERVICE_UNAVAILABLE", 503},
                                                         {"GATEWAY_TIMEOUT", 504}});
    const auto named = std::ranges::find(names, text, &std::pair<std::string_view, int>::first);
    if (named != names.end()) {
        return named->second;
    }
    const auto number = parse_number(text);
    return number && *number >= 200 && *number <= 599 ? std::optional{static_cast<int>(*number)}
                                                      : std::nullopt;
}

// 5000000, 5MB, 500KB.
std::optional<std::int64_t> bytes_of(std::string_view text) {
    std::int64_t unit = 1;
    for (const auto& [suffix, bytes] : std::to_array<std::pair<std::string_view, std::int64_t>>(
             {{"KB", 1024}, {"MB", 1024 * 1024}, {"GB", 1024 * 1024 * 1024}, {"B", 1}})) {
        if (text.ends_with(suffix)) {
            text.remove_suffix(suffix.size());
            unit = bytes;
            break;
        }
    }
    const auto number = parse_number(trim(text));
    return number && *number <= 1'000'000'000
               ? std::optional{static_cast<std::int64_t>(*number) * unit}
               : std::nullopt;
}

std::optional<int> series_of(std::string_view text) {
    constexpr std::array names =
        std::to_array<std::pair<std::string_view, int>>({{"INFORMATIONAL", 1},
                                                         {"SUCCESSFUL", 2},
                                                         {"REDIRECTION", 3},
                                                         {"CLIENT_ERROR", 4},
                                                         {"SERVER_ERROR", 5}});
    const auto named = std::ranges::find(names, text, &std::pair<std::string_view, int>::first);
    return named == names.end() ? std::nullopt : std::optional{named->second};
}

std::optional<milliseconds> duration_of(std::string_view text) {
    text = trim(text);
    if (text.starts_with('P')) {
        return iso_duration(text);
    }
    for (const auto& [suffix, unit] : std::to_array<std::pair<std::string_view, std::uint64_t>>(
             {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}})) {
        if (text.ends_with(suffix)) {
            return times(text.substr(0, text.size() - suffix.size()), unit);
        }
    }
    return times(text, 1);
}

}  // namespace loquat::gateway
