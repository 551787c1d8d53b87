#include "services/gateway/routes/filters.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "net/http/characters.hpp"
#include "services/gateway/routes/filter_rules.hpp"
#include "services/gateway/routes/spring_values.hpp"

namespace loquat::gateway {
namespace {

struct Shape {
    std::string_view name;
    std::string_view arguments;  // of the short form
    std::size_t args_min;
    std::size_t args_max;
};

constexpr std::array shapes = std::to_array<Shape>({
    {"AddRequestHeader", "name,value", 2, 2},
    {"AddRequestHeadersIfNotPresent", "name,value", 2, 2},
    {"AddRequestParameter", "name,value", 2, 2},
    {"AddResponseHeader", "name,value", 2, 2},
    {"CircuitBreaker", "name,fallbackUri,statusCodes,resumeWithoutError", 0, 4},
    {"DedupeResponseHeader", "name,strategy", 1, 2},
    {"FallbackHeaders",
     "executionExceptionTypeHeaderName,executionExceptionMessageHeaderName,"
     "rootCauseExceptionTypeHeaderName,rootCauseExceptionMessageHeaderName",
     0, 4},
    {"LocalResponseCache", "timeToLive,size", 0, 2},
    {"MapRequestHeader", "fromHeader,toHeader", 2, 2},
    {"PrefixPath", "prefix", 1, 1},
    {"PreserveHostHeader", "", 0, 0},
    {"RedirectTo", "status,url,includeRequestParams", 2, 3},
    {"RemoveRequestHeader", "name", 1, 1},
    {"RemoveRequestParameter", "name", 1, 1},
    {"RemoveResponseHeader", "name", 1, 1},
    {"RequestHeaderSize", "maxSize,errorHeaderName", 0, 2},
    {"RequestRateLimiter", "redis-rate-limiter.replenishRate,redis-rate-limiter.burstCapacity", 1,
     2},
    {"RequestSize", "maxSize", 1, 1},
    {"Retry", Repeats::arguments, 0, 9},
    {"RewriteLocationResponseHeader",
     "stripVersion|stripVersionMode,locationHeaderName,hostValue,protocols|protocolsRegex", 0, 4},
    {"RewritePath", "regexp,replacement", 2, 2},
    {"RewriteResponseHeader", "name,regexp,replacement", 3, 3},
    {"SaveSession", "", 0, 0},
    {"SecureHeaders", "", 0, 0},
    {"SetPath", "template", 1, 1},
    {"SetRequestHeader", "name,value", 2, 2},
    {"SetRequestHostHeader", "host", 1, 1},
    {"SetResponseHeader", "name,value", 2, 2},
    {"SetStatus", "status", 1, 1},
    {"StripPrefix", "parts", 0, 1},
    {"TokenRelay", "", 0, 1},
});

const Shape* shape_of(std::string_view name) {
    const auto found = std::ranges::find(shapes, name, &Shape::name);
    return found == shapes.end() ? nullptr : &*found;
}

std::string known_names() {
    std::string names;
    for (const Shape& shape : shapes) {
        names += (names.empty() ? "" : ", ") + std::string{shape.name};
    }
    return names;
}

std::optional<std::string> fault_of_fields(const StepConfig& filter) {
    const bool is_map = filter.name == "MapRequestHeader";
    for (std::size_t i = 0; i < filter.args.size(); ++i) {
        const bool is_name = i == 0 || is_map;
        if (is_name) {
            if (auto fault = fault_of_field(filter.name, filter.args[i])) {
                return fault;
            }
        } else if (!is_field_value(filter.args[i])) {
            return filter.name + " has a value that cannot be sent";
        }
    }
    return std::nullopt;
}

std::optional<std::string> fault_of_path(const StepConfig& filter) {
    if (filter.name == "StripPrefix") {
        const auto parts =
            filter.args.empty() ? std::optional<std::uint64_t>{1} : parse_number(filter.args[0]);
        return parts && *parts <= 64
                   ? std::nullopt
                   : std::optional<std::string>{"StripPrefix needs a number of segments"};
    }
    if (filter.name == "RewritePath") {
        auto fault = Pattern::find_fault(filter.args[0]);
        return fault ? fault : Pattern::find_fault(filter.args[0], replacement_of(filter.args[1]));
    }
    return filter.args[0].starts_with('/') && is_field_value(filter.args[0])
               ? std::nullopt
               : std::optional<std::string>{filter.name + " needs a path that begins with a slash"};
}

std::optional<std::string> fault_of_breaker(const StepConfig& filter) {
    const auto given = [&filter](std::size_t at) {
        return at < filter.args.size() ? std::string_view{filter.args[at]} : std::string_view{};
    };
    if (!given(1).empty() && !given(1).starts_with("forward:/")) {
        return "CircuitBreaker needs a fallbackUri such as forward:/fallback, not " +
               std::string{given(1)};
    }
    for (const std::string_view one : split(given(2), ',')) {
        if (!trim(one).empty() && !status_of(trim(one))) {
            return "CircuitBreaker needs statusCodes such as 500, not " + std::string{one};
        }
    }
    if (!given(3).empty() && given(3) != "true" && given(3) != "false") {
        return "CircuitBreaker needs true or false for resumeWithoutError, not " +
               std::string{given(3)};
    }
    return std::nullopt;
}

// RequestHeaderSize and FallbackHeaders: names of fields that are the gateway's to write.
std::optional<std::string> fault_of_names(const StepConfig& filter) {
    const bool has_size = filter.name == "RequestHeaderSize";
    for (std::size_t i = 0; i < filter.args.size(); ++i) {
        const std::string& text = filter.args[i];
        if (text.empty()) {
            continue;
        }
        if (has_size && i == 0) {
            if (bytes_of(text).value_or(0) <= 0) {
                return "RequestHeaderSize needs bytes or a size such as 1000B, not " + text;
            }
        } else if (auto fault = fault_of_field(filter.name, text)) {
            return fault;
        }
    }
    return std::nullopt;
}

bool has_fields(std::string_view name) {
    return name.ends_with("Header") && !AnswerSteps::is_step(name) &&
           name != "PreserveHostHeader" && name != "SetRequestHostHeader";
}

}  // namespace

std::optional<std::string> Filters::find_fault(const StepConfig& filter) {
    const Shape* shape = shape_of(filter.name);
    if (shape == nullptr) {
        return "is no filter: " + filter.name + "; known are " + known_names();
    }
    if (filter.args.size() < shape->args_min || filter.args.size() > shape->args_max) {
        return filter.name + " takes " + std::to_string(shape->args_min) + " to " +
               std::to_string(shape->args_max) + " arguments, not " +
               std::to_string(filter.args.size());
    }
    const std::string& name = filter.name;
    if (has_fields(name) || name == "AddRequestHeadersIfNotPresent") {
        return fault_of_fields(filter);
    }
    if (AnswerSteps::is_step(name)) {
        return AnswerSteps::find_fault(filter);
    }
    if (name == "RequestHeaderSize" || name == "FallbackHeaders") {
        return fault_of_names(filter);
    }
    if (name.ends_with("Path") || name == "StripPrefix") {
        return fault_of_path(filter);
    }
    const bool is_redirect = name == "RedirectTo";
    if ((is_redirect || name == "SetStatus") && !status_of(filter.args[0])) {
        return name + " needs a status, not " + filter.args[0];
    }
    if (is_redirect && (*status_of(filter.args[0]) / 100 != 3 || !is_field_value(filter.args[1]))) {
        return "RedirectTo needs a status of 3xx and an address";
    }
    if (name == "RequestSize" && !bytes_of(filter.args[0])) {
        return "RequestSize needs bytes or a size such as 5MB, not " + filter.args[0];
    }
    if (name == "LocalResponseCache") {
        const auto is_empty = [&](std::size_t i) {
            return filter.args.size() <= i || filter.args[i].empty();
        };
        const bool is_good = (is_empty(0) || duration_of(filter.args[0])) &&
                             (is_empty(1) || bytes_of(filter.args[1]).value_or(0) > 0);
        return is_good ? std::nullopt
                       : std::optional<std::string>{
                             "LocalResponseCache needs a time such as 30m, and a size such as "
                             "5MB"};
    }
    if (name == "RequestRateLimiter") {
        for (const std::string& text : filter.args) {
            if (const auto number = parse_number(text);
                !number || *number == 0 || *number > 10'000) {
                return "RequestRateLimiter needs whole numbers from 1 to 10000, not " + text;
            }
        }
    }
    if (name == "SetRequestHostHeader" &&
        (filter.args[0].empty() || !is_field_value(filter.args[0]))) {
        return "SetRequestHostHeader needs a host";
    }
    return name == "CircuitBreaker" ? fault_of_breaker(filter)
           : name == "Retry"        ? Repeats::find_fault(filter)
                                    : std::nullopt;
}

void Filters::add_field_step(const StepConfig& filter) {
    using Kind = FieldStep::Kind;
    const std::string_view name = filter.name;
    const Kind kind = name.starts_with("Map")      ? Kind::copy
                      : name.starts_with("Remove") ? Kind::remove
                      : name.starts_with("Set")    ? Kind::set
                      : name.ends_with("Present")  ? Kind::add_if_absent
                                                   : Kind::add;
    FieldStep step{kind, filter.args[0], filter.args.size() > 1 ? filter.args[1] : ""};
    if (name.find("Response") == std::string_view::npos) {
        request_.push_back(std::move(step));
        return;
    }
    steps_.add(step);
    answer_.push_back(std::move(step));
}

void Filters::add_breaker(const StepConfig& filter) {
    const std::vector<std::string>& args = filter.args;
    if (args.size() > 1 && !args[1].empty()) {
        fallback_path = args[1].substr(std::string_view{"forward:"}.size());
    }
    for (const std::string_view one :
         split(args.size() > 2 ? std::string_view{args[2]} : std::string_view{}, ',')) {
        if (const auto failure = status_of(trim(one))) {
            failures.push_back(*failure);
        }
    }
    resumes = args.size() > 3 && args[3] == "true";
}

// Those that are about fields.
bool Filters::add_fields(const StepConfig& filter) {
    const std::string& name = filter.name;
    const auto given = [&filter](std::size_t at, std::string otherwise) {
        return at < filter.args.size() && !filter.args[at].empty() ? filter.args[at]
                                                                   : std::move(otherwise);
    };
    if (has_fields(name) || name == "AddRequestHeadersIfNotPresent") {
        add_field_step(filter);
    } else if (AnswerSteps::is_step(name)) {
        steps_.add(filter);
    } else if (name == "RequestHeaderSize") {
        field_limit = FieldLimit{};
        field_limit->bytes_max = bytes_of(given(0, "16000")).value();
        field_limit->told_in = given(1, "errorMessage");
    } else if (name == "FallbackHeaders") {
        fallback_fields = FallbackFields{
            {given(0, "Execution-Exception-Type"), given(1, "Execution-Exception-Message"),
             given(2, "Root-Cause-Exception-Type"), given(3, "Root-Cause-Exception-Message")}};
    } else {
        return false;
    }
    return true;
}

void Filters::add(const StepConfig& filter) {
    const std::string& name = filter.name;
    const std::vector<std::string>& args = filter.args;
    if (add_fields(filter)) {
        return;
    }
    if (name == "StripPrefix") {
        path_.push_back({.kind = PathStep::Kind::strip,
                         .parts = args.empty() ? 1 : parse_number(args[0]).value()});
    } else if (name == "PrefixPath") {
        path_.push_back({.kind = PathStep::Kind::prefix, .text = args[0]});
    } else if (name == "RewritePath") {
        path_.push_back({.kind = PathStep::Kind::replace,
                         .text = replacement_of(args[1]),
                         .pattern = Pattern{args[0]}});
    } else if (name == "SetPath") {
        path_.push_back({.kind = PathStep::Kind::set, .text = args[0]});
    } else if (name == "AddRequestParameter") {
        parameters_.push_back({ParameterStep::Kind::add, args[0], args[1]});
    } else if (name == "RemoveRequestParameter") {
        parameters_.push_back({ParameterStep::Kind::remove, args[0], ""});
    } else if (name == "RedirectTo") {
        redirect = {status_of(args[0]).value(), args[1]};
    } else if (name == "SetStatus") {
        status = status_of(args[0]);
    } else if (name == "RequestSize") {
        request_bytes = bytes_of(args[0]);
    } else if (name == "RequestRateLimiter") {
        limit = filter;
    } else if (name == "CircuitBreaker") {
        add_breaker(filter);
    } else if (name == "Retry") {
        repeats = Repeats::of(filter);
    } else if (name == "SetRequestHostHeader") {
        host = args[0];
    } else if (name == "PreserveHostHeader") {
        keeps_host = true;
    } else if (name == "TokenRelay") {
        passes_credentials = true;
    }
}

std::string Filters::path_of(std::string_view path,
                             const runtime::PathParameters& parameters) const {
    std::string out{path};
    for (const PathStep& step : path_) {
        switch (step.kind) {
            case PathStep::Kind::strip: {
                std::size_t at = 0;
                for (std::size_t i = 0; i < step.parts && at != std::string::npos; ++i) {
                    at = out.find('/', at + 1);
                }
                out = at == std::string::npos ? "/" : out.substr(at);
                break;
            }
            case PathStep::Kind::prefix:
                out = step.text + out;
                break;
            case PathStep::Kind::replace:
                out = step.pattern->replace(out, step.text);
                break;
            case PathStep::Kind::set:
                out = fill_in(step.text, parameters);
                break;
        }
    }
    return out.starts_with('/') ? out : "/" + out;
}

std::string Filters::query_of(std::string_view query) const {
    std::string out;
    for (const std::string_view part : split(query, '&')) {
        const std::string name = percent_decode(part.substr(0, part.find('='))).value_or("");
        const bool is_gone = std::ranges::any_of(parameters_, [&](const ParameterStep& step) {
            return step.kind == ParameterStep::Kind::remove && step.name == name;
        });
        if (!is_gone && !part.empty()) {
            out.append(out.empty() ? "" : "&").append(part);
        }
    }
    for (const ParameterStep& step : parameters_) {
        if (step.kind == ParameterStep::Kind::add) {
            out.append(out.empty() ? "" : "&")
                .append(percent_encode(step.name))
                .append("=")
                .append(percent_encode(step.value));
        }
    }
    return out;
}

bool Filters::is_replaced_by_one(const std::vector<FieldStep>& steps, std::string_view name) {
    return std::ranges::any_of(steps, [name](const FieldStep& step) {
        return (step.kind == FieldStep::Kind::set || step.kind == FieldStep::Kind::remove) &&
               net::http::equal_names(step.name, name);
    });
}

CacheConfig cache_of(const std::vector<StepConfig>& filters, CacheConfig cache) {
    const auto found = std::ranges::find(filters, "LocalResponseCache", &StepConfig::name);
    if (found == filters.end()) {
        return cache;
    }
    cache.enabled = true;
    cache.otherwise_seconds = std::chrono::minutes{5};  // as Spring has it
    if (!found->args.empty() && !found->args[0].empty()) {
        cache.otherwise_seconds =
            std::chrono::ceil<std::chrono::seconds>(duration_of(found->args[0]).value());
    }
    if (found->args.size() > 1 && !found->args[1].empty()) {
        cache.bytes_max = static_cast<std::size_t>(bytes_of(found->args[1]).value());
    }
    return cache;
}

bool is_filter_name(std::string_view name) { return shape_of(name) != nullptr; }

std::vector<std::string> arguments_of_filter(std::string_view name) {
    std::vector<std::string> names;
    if (const Shape* shape = shape_of(name); shape != nullptr && !shape->arguments.empty()) {
        for (const std::string_view one : split(shape->arguments, ',')) {
            names.emplace_back(one);
        }
    }
    return names;
}

}  // namespace loquat::gateway
