#include "base/http_date.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "base/text.hpp"

namespace loquat {
namespace {

struct Parts {
    std::string_view day, month, year, time;
};

std::optional<int> number_of(std::string_view text, int least, int most) {
    const auto number = text.size() <= 4 ? parse_number(text) : std::nullopt;
    const bool is_good = number && *number >= static_cast<std::uint64_t>(least) &&
                         *number <= static_cast<std::uint64_t>(most);
    return is_good ? std::optional{static_cast<int>(*number)} : std::nullopt;
}

std::optional<unsigned> month_of(std::string_view text) {
    constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto found = std::ranges::find(names, text);
    return found == names.end() ? std::nullopt
                                : std::optional{static_cast<unsigned>(found - names.begin()) + 1};
}

// Two digits of a year are those of the fifty years to come, or of the past.
std::optional<int> year_of(std::string_view text) {
    const auto year = number_of(text, 0, 9999);
    if (!year || text.size() == 4) {
        return year;
    }
    return text.size() == 2 ? std::optional{*year < 76 ? 2000 + *year : 1900 + *year}
                            : std::nullopt;
}

std::optional<Time> time_of(const Parts& parts) {
    using namespace std::chrono;
    const auto clock = split(parts.time, ':');
    const auto day = number_of(trim(parts.day), 1, 31);
    const auto month = month_of(parts.month);
    const auto year = year_of(parts.year);
    if (!day || !month || !year || clock.size() != 3) {
        return std::nullopt;
    }
    const auto hour = number_of(clock[0], 0, 23);
    const auto minute = number_of(clock[1], 0, 59);
    const auto second = number_of(clock[2], 0, 60);
    const year_month_day date{std::chrono::year{*year}, std::chrono::month{*month},
                              std::chrono::day{static_cast<unsigned>(*day)}};
    if (!hour || !minute || !second || !date.ok()) {
        return std::nullopt;
    }
    return Time{sys_days{date}} + hours{*hour} + minutes{*minute} + seconds{*second};
}

}  // namespace

std::optional<Time> parse_http_date(std::string_view text) {
    text = trim(text);
    const auto words = split(text, ' ');
    if (words.size() == 6 && words[0].size() == 4 && words[5] == "GMT") {
        return time_of({words[1], words[2], words[3], words[4]});  // Sun, 06 Nov 1994 08:49:37 GMT
    }
    if (words.size() == 4 && words[0].ends_with(',') && words[3] == "GMT") {
        const auto date = split(words[1], '-');  // Sunday, 06-Nov-94 08:49:37 GMT
        return date.size() == 3 ? time_of({date[0], date[1], date[2], words[2]}) : std::nullopt;
    }
    if (text.size() == 24 && text[3] == ' ' && text[7] == ' ' && text[10] == ' ') {
        return time_of({text.substr(8, 2), text.substr(4, 3), text.substr(20), text.substr(11, 8)});
    }
    return std::nullopt;  // not even Sun Nov  6 08:49:37 1994
}

std::string to_http_date(Time time) {
    const std::time_t seconds = to_unix_ms(time) / 1'000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

}  // namespace loquat
