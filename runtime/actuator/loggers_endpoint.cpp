#include <algorithm>
#include <array>

#include "base/failure.hpp"
#include "base/log_levels.hpp"
#include "base/text.hpp"
#include "runtime/actuator/actuator.hpp"

// A logger is the service that a record names; ROOT is all that have no level of their own.
namespace loquat::runtime {
namespace {

constexpr std::string_view root = "ROOT";
constexpr std::array<std::pair<std::string_view, LogThreshold>, 6> levels{
    {{"OFF", LogThreshold::off},
     {"ERROR", LogThreshold::error},
     {"WARN", LogThreshold::warn},
     {"INFO", LogThreshold::info},
     {"DEBUG", LogThreshold::debug},
     {"TRACE", LogThreshold::trace}}};

std::string_view name_of(LogThreshold threshold) {
    return std::ranges::find(levels, threshold, [](const auto& one) { return one.second; })->first;
}

std::string_view logger_of(std::string_view name) {
    return name == root ? std::string_view{} : name;
}

wire::Value to_value(std::string_view name) {
    const auto own = find_log_threshold(logger_of(name));
    const LogThreshold in_force = own.value_or(*find_log_threshold({}));
    wire::Object value;
    if (own) {
        value.emplace_back("configuredLevel", name_of(*own));
    }
    value.emplace_back("effectiveLevel", name_of(in_force));
    return value;
}

// Absent or null: follow the others again.
std::optional<LogThreshold> wanted_level(const std::string& body) {
    const wire::Value value = body.empty() ? wire::Value{wire::Object{}} : wire::parse(body);
    const auto refuse = [] {
        throw Failure{Kind::malformed, "actuator.bad_request",
                      "configuredLevel must be OFF, ERROR, WARN, INFO, DEBUG or TRACE, or null."};
    };
    if (value.if_object() == nullptr) {
        refuse();
    }
    const wire::Value* wanted = value.find("configuredLevel");
    if (wanted == nullptr || wanted->is_null()) {
        return std::nullopt;
    }
    for (const auto& [name, threshold] : levels) {
        if (wanted->if_string() != nullptr && equal_ignoring_case(*wanted->if_string(), name)) {
            return threshold;
        }
    }
    refuse();
    return std::nullopt;
}

net::http::Response set_level(const std::string& name, const std::string& body) {
    const auto wanted = wanted_level(body);
    const auto before = find_log_threshold(logger_of(name));
    set_log_threshold(logger_of(name), wanted);
    log_info({.service = "platform"}, "level of a logger changed",
             {{"logger", name},
              {"before", before ? name_of(*before) : "none"},
              {"now", wanted ? name_of(*wanted) : "none"}});
    return {.status = 204};
}

net::http::Response loggers_of(const std::vector<std::string>& names, const ActuatorCall& call) {
    const bool is_change = call.request.method == "POST";
    if (call.rest.empty()) {
        if (is_change) {
            throw Failure{Kind::malformed, "actuator.bad_request", "Name a logger."};
        }
        wire::Array all_levels;
        for (const auto& [name, threshold] : levels) {
            all_levels.emplace_back(name);
        }
        wire::Object loggers;
        for (const std::string& name : names) {
            loggers.emplace_back(name, to_value(name));
        }
        return actuator_response(200, wire::Object{{"levels", std::move(all_levels)},
                                                   {"loggers", std::move(loggers)},
                                                   {"groups", wire::Object{}}});
    }
    const std::string& name = call.rest.front();
    if (call.rest.size() > 1 || std::ranges::find(names, name) == names.end()) {
        throw Failure{Kind::not_found, "request.no_route", "There is no such logger."};
    }
    return is_change ? set_level(name, call.request.body) : actuator_response(200, to_value(name));
}

}  // namespace

void Actuator::add_loggers() {
    std::vector<std::string> names = parts_.services;
    for (const char* shared : {"broadcast", "http", "log", "net", "tokens"}) {
        names.emplace_back(shared);
    }
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    names.insert(names.begin(), std::string{root});
    add({.id = "loggers",
         .selectors = {"name"},
         .methods = {"GET", "POST"},
         .run = [names = std::move(names)](ActuatorCall call) -> Task<net::http::Response> {
             co_return loggers_of(names, call);
         }});
}

}  // namespace loquat::runtime
