#include <map>

#include "base/failure.hpp"
#include "runtime/actuator/actuator.hpp"

// Status, components and groups.  A component of a service is below the service's name: `chat` is
// as well as all of `chat/log`, `chat/journal`.
namespace loquat::runtime {
namespace {

enum class Details { hidden, shown };

constexpr std::string_view up = "UP";
constexpr std::string_view down = "DOWN";
constexpr std::string_view unknown = "UNKNOWN";  // Spring's, beside which a whole may be up
constexpr std::string_view out_of_service = "OUT_OF_SERVICE";

struct Component {
    std::string_view status = up;
    std::string problem;
    std::map<std::string, Component, std::less<>> parts;
};

wire::Value to_value(const Component& component, Details details) {
    wire::Object value{{"status", component.status}};
    if (details == Details::shown && !component.problem.empty()) {
        value.emplace_back("details", wire::Object{{"problem", component.problem}});
    }
    if (details == Details::shown && !component.parts.empty()) {
        wire::Object parts;
        for (const auto& [name, part] : component.parts) {
            parts.emplace_back(name, to_value(part, details));
        }
        value.emplace_back("components", std::move(parts));
    }
    return value;
}

void take_worse(Component& whole, std::string_view status) {
    if (whole.status == up || status == down) {
        whole.status = status;
    }
}

Component liveness() {
    Component group;
    group.parts.emplace("livenessState", Component{});
    return group;
}

void add_traffic(Component& whole, const Health& health) {
    Component state;
    if (health.is_withdrawn()) {
        state.status = out_of_service;
        take_worse(whole, state.status);
    }
    whole.parts.emplace("readinessState", std::move(state));
}

Component components_of(const Health& health) {
    Component whole;
    whole.parts.emplace("ping", Component{});
    for (const Health::Finding& finding : health.list()) {
        Component& service = whole.parts[finding.service];
        Component& part = service.parts[finding.name];
        if (!finding.problem) {
            continue;
        }
        part.problem = *finding.problem;
        part.status = finding.weight == Health::Weight::needed ? down : unknown;
        if (part.status == down) {
            take_worse(service, down);
            take_worse(whole, down);
        }
    }
    whole.parts.emplace("livenessState", Component{});
    add_traffic(whole, health);
    return whole;
}

// All checks are of readiness: what they find is mended by somebody, not by starting again.
Component readiness(const Health& health) {
    Component group = components_of(health);
    group.parts.erase("livenessState");
    group.parts.erase("ping");
    return group;
}

int status_of(std::string_view status) { return status == up ? 200 : 503; }

net::http::Response respond_with(const Component& component, Details details) {
    return actuator_response(status_of(component.status), to_value(component, details));
}

net::http::Response whole_answer(const Health& health, Details details) {
    const Component whole = components_of(health);
    wire::Value value = to_value(whole, details);
    value.set("groups", wire::Array{"liveness", "readiness"});
    return actuator_response(status_of(whole.status), value);
}

net::http::Response health_of(const Health& health, const ActuatorCall& call) {
    const Details details =
        call.request.access == ActuatorAccess::operator_ ? Details::shown : Details::hidden;
    if (call.rest.empty()) {
        return whole_answer(health, details);
    }
    const bool is_group = call.rest.front() == "liveness" || call.rest.front() == "readiness";
    Component found = call.rest.front() == "liveness"    ? liveness()
                      : call.rest.front() == "readiness" ? readiness(health)
                                                         : components_of(health);
    for (std::size_t i = is_group ? 1 : 0; i < call.rest.size(); ++i) {
        const auto part = found.parts.find(call.rest[i]);
        // Names of components are for operators.
        if (part == found.parts.end() || details == Details::hidden) {
            throw Failure{Kind::not_found, "request.no_route", "There is nothing here."};
        }
        Component inner = std::move(part->second);
        found = std::move(inner);
    }
    return respond_with(found, details);
}

// The older form, whole for anybody: {"status":"UP","checks":{"chat.log":{"status":"UP"}}}.
net::http::Response checks_of(const Health& health) {
    const wire::Value value = health.to_value();
    net::http::Response response{.status = status_of(*value.find("status")->if_string()),
                                 .body = wire::to_json(value)};
    response.headers.append("Content-Type", "application/json");
    response.headers.append("Cache-Control", "no-store");
    return response;
}

}  // namespace

net::http::Response Actuator::probe(std::string_view path) const {
    return respond_with(path == "/livez" ? liveness() : readiness(parts_.health), Details::hidden);
}

void Actuator::add_health() {
    add({.id = "health",
         .selectors = {"*path"},
         .methods = {"GET"},
         .least = ActuatorAccess::anyone,
         .run = [this](ActuatorCall call) -> Task<net::http::Response> {
             co_return health_of(parts_.health, call);
         }});
    add({.id = "checks",
         .methods = {"GET"},
         .least = ActuatorAccess::anyone,
         .run = [this](ActuatorCall) -> Task<net::http::Response> {
             co_return checks_of(parts_.health);
         }});
}

}  // namespace loquat::runtime
