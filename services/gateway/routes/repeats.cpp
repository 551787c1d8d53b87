#include "services/gateway/routes/repeats.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/text.hpp"
#include "services/gateway/routes/spring_values.hpp"

namespace loquat::gateway {
namespace {

constexpr std::uint64_t retries_max = 9;
constexpr double factor_max = 100;

enum Place : std::size_t {
    retries,
    statuses,
    methods,
    first,
    longest,
    factor,
    previous,
    series,
    jitter
};

std::string_view argument(const StepConfig& filter, Place at) {
    return at < filter.args.size() ? trim(filter.args[at]) : std::string_view{};
}

std::vector<std::string_view> list_of(const StepConfig& filter, Place at) {
    std::vector<std::string_view> all;
    for (const std::string_view one : split(argument(filter, at), ',')) {
        if (!trim(one).empty()) {
            all.push_back(trim(one));
        }
    }
    return all;
}

std::optional<double> decimal(std::string_view text) {
    const bool is_plain = !text.empty() && text.size() <= 10 &&
                          text.find_first_not_of("0123456789.") == std::string_view::npos;
    return is_plain ? std::optional{std::atof(std::string{text}.c_str())} : std::nullopt;
}

std::optional<std::string> fault_of_lists(const StepConfig& filter) {
    for (const std::string_view one : list_of(filter, Place::statuses)) {
        if (!status_of(one)) {
            return "Retry needs statuses such as BAD_GATEWAY or 502, not " + std::string{one};
        }
    }
    for (const std::string_view one : list_of(filter, Place::series)) {
        if (!series_of(one)) {
            return "Retry needs a series such as SERVER_ERROR, not " + std::string{one};
        }
    }
    for (const std::string_view one : list_of(filter, Place::methods)) {
        if (!Methods::parse(one)) {
            return "Retry needs methods such as GET, not " + std::string{one};
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> Repeats::find_fault(const StepConfig& filter) {
    const std::string_view count = argument(filter, Place::retries);
    if (!count.empty() && parse_number(count).value_or(retries_max + 1) > retries_max) {
        return "Retry takes 0 to 9 retries, not " + std::string{count};
    }
    for (const Place at : {Place::first, Place::longest}) {
        if (const auto text = argument(filter, at); !text.empty() && !duration_of(text)) {
            return "Retry needs a backoff such as 50ms, not " + std::string{text};
        }
    }
    for (const Place at : {Place::factor, Place::jitter}) {
        const auto text = argument(filter, at);
        if (!text.empty() && decimal(text).value_or(factor_max + 1) > factor_max) {
            return "Retry needs numbers for factor and randomFactor, not " + std::string{text};
        }
    }
    const std::string_view based = argument(filter, Place::previous);
    if (!based.empty() && based != "true" && based != "false") {
        return "Retry needs true or false for basedOnPreviousValue, not " + std::string{based};
    }
    return fault_of_lists(filter);
}

// Whether a pause is made of the one before or of the first comes to the same.
Repeats Repeats::of(const StepConfig& filter) {
    Repeats made;
    if (const auto count = parse_number(argument(filter, Place::retries))) {
        made.retries = static_cast<std::int32_t>(*count);
    }
    for (const std::string_view one : list_of(filter, Place::statuses)) {
        made.statuses.push_back(status_of(one).value());
    }
    if (const auto named = list_of(filter, Place::series); !named.empty()) {
        made.series.clear();
        for (const std::string_view one : named) {
            made.series.push_back(series_of(one).value());
        }
    }
    if (const auto named = list_of(filter, Place::methods); !named.empty()) {
        made.methods = Methods{};
        for (const std::string_view one : named) {
            made.methods.add(Methods::parse(one).value());
        }
    }
    made.first = duration_of(argument(filter, Place::first)).value_or(made.first);
    made.longest = duration_of(argument(filter, Place::longest)).value_or(made.longest);
    made.factor = decimal(argument(filter, Place::factor)).value_or(made.factor);
    made.jitter = std::min(decimal(argument(filter, Place::jitter)).value_or(0), 1.0);
    return made;
}

bool Repeats::covers(int status) const {
    return std::ranges::find(statuses, status) != statuses.end() ||
           std::ranges::find(series, status / 100) != series.end();
}

std::chrono::milliseconds Repeats::pause(std::int32_t number, double chance) const {
    const double whole = static_cast<double>(first.count()) * std::pow(factor, number - 1);
    const double bound = std::min(whole, static_cast<double>(longest.count()));
    return std::chrono::milliseconds{
        static_cast<std::int64_t>(bound * (1 + jitter * (2 * chance - 1)))};
}

}  // namespace loquat::gateway
