#include "services/gateway/routes/route_rules.hpp"

#include <algorithm>

#include "base/redact.hpp"
#include "base/text.hpp"
#include "net/http/characters.hpp"
#include "net/http/client.hpp"
#include "services/gateway/domain/methods.hpp"
#include "services/gateway/routes/conditions.hpp"
#include "services/gateway/routes/filters.hpp"
#include "services/gateway/routes/path_rules.hpp"
#include "services/gateway/routes/rewrite.hpp"

namespace loquat::gateway {
namespace {

std::string numbered(const char* field, std::size_t index) {
    return std::string{field} + "[" + std::to_string(index) + "]";
}

bool is_parameter(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}' &&
           segment.find_first_of("{}", 1) == segment.size() - 1;
}

// One spelling, as for the paths of requests: another one would never be found.
bool is_plain(std::string_view path) {
    std::string scratch;
    const auto checked = check_path(path, scratch);
    return checked && checked->path == path && !checked->oddities.any();
}

bool is_host_pattern(std::string_view host) {
    if (host.starts_with("*.")) {
        host.remove_prefix(2);
    }
    return net::Address::parse(host) || host.find_first_of(":/*?# ") == std::string_view::npos;
}

}  // namespace

std::optional<std::string> service_of(const RouteConfig& route) {
    constexpr std::string_view scheme = "lb://";
    if (route.upstreams.size() != 1 || !route.upstreams.front().starts_with(scheme)) {
        return std::nullopt;
    }
    std::string name = to_lower_ascii(route.upstreams.front().substr(scheme.size()));
    const bool is_name =
        !name.empty() && name.size() <= 200 && name.find_first_of("/:@?#% ") == std::string::npos;
    return is_name ? std::optional{std::move(name)} : std::nullopt;
}

std::vector<RouteFault> RouteRules::judge(const RouteConfig& route) {
    faults_.clear();
    if (!ids_.insert(route.id).second) {
        fault("id", "comes twice");
    }
    judge_path(route);
    judge_conditions(route);
    judge_target(route);
    judge_the_rest(route);
    return std::exchange(faults_, {});
}

void RouteRules::judge_path(const RouteConfig& route) {
    if (!route.path.starts_with('/')) {
        return fault("path", "must begin with a slash");
    }
    const std::size_t before = faults_.size();
    judge_segments(route.path);
    if (!is_plain(route.path)) {
        fault("path", "is not in its plain form");
    }
    if (faults_.size() > before) {
        return;
    }
    if (around_.is_reserved(route.path)) {
        fault("path", route.path + " belongs to Loquat itself");
    }
    if (const auto why = Rewrite::find_fault(route.path, route.rewrite)) {
        fault("rewrite", *why);
    }
}

void RouteRules::judge_segments(const std::string& path) {
    const auto segments = split(std::string_view{path}.substr(1), '/');
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const std::string_view segment = segments[i];
        const bool is_last = i + 1 == segments.size();
        if (segment == "**" ? !is_last : segment.find('*') != std::string_view::npos) {
            fault("path", "has " + std::string{segment} +
                              ", which stands for nothing: {name} is one segment, a last ** any "
                              "rest");
        } else if (is_parameter(segment) ? !names.insert(segment).second
                                         : segment.find_first_of("{}") != std::string_view::npos) {
            fault("path", "has " + std::string{segment} +
                              "; braces hold one name, which comes once, and fill a segment");
        } else if (segment.empty() && !is_last) {
            fault("path", "has an empty segment");
        }
    }
}

void RouteRules::judge_conditions(const RouteConfig& route) {
    for (std::size_t i = 0; i < route.methods.size(); ++i) {
        if (!Methods::parse(route.methods[i])) {
            fault(numbered("methods", i),
                  "must be one of GET, HEAD, POST, PUT, PATCH, DELETE, "
                  "OPTIONS, TRACE, not " +
                      route.methods[i]);
        }
    }
    if (!route.host.empty() && !is_host_pattern(route.host)) {
        fault("host", "must be a name without port, such as a.example.org or *.example.org, not " +
                          route.host);
    }
    for (std::size_t i = 0; i < route.headers.size(); ++i) {
        if (!net::http::is_token(route.headers[i].name)) {
            fault(numbered("headers", i) + ".name",
                  "is no name of a field: " + route.headers[i].name);
        }
    }
}

void RouteRules::judge_target(const RouteConfig& route) {
    if (route.upstreams.empty() == route.service.empty()) {
        return fault("", "needs either upstreams or a service");
    }
    if (!route.service.empty() && !around_.may_be_elsewhere(route.service)) {
        return fault("service",
                     route.service + " has no address in platform.urls, and no registry is asked");
    }
    if (service_of(route)) {
        return;
    }
    for (std::size_t i = 0; i < route.upstreams.size(); ++i) {
        judge_upstream(numbered("upstreams", i), route.upstreams[i]);
    }
}

void RouteRules::judge_the_rest(const RouteConfig& route) {
    const std::string& path = route.fallback.path;
    if (!path.empty() && (!path.starts_with('/') || !is_plain(path))) {
        fault("fallback.path", "must be a path in its plain form, such as /sorry, not " + path);
    }
    if (!path.empty() && route.fallback.status != 0) {
        fault("fallback", "has a status and a path: an answer of its own or another route's");
    }
    if (!route.fallback.body.empty() && route.fallback.status == 0) {
        fault("fallback.status", "is needed for a body");
    }
    for (std::size_t i = 0; i < route.predicates.size(); ++i) {
        if (auto why = Conditions::find_fault(route.predicates[i])) {
            fault(numbered("predicates", i), std::move(*why));
        }
    }
    for (std::size_t i = 0; i < route.filters.size(); ++i) {
        if (auto why = Filters::find_fault(route.filters[i])) {
            fault(numbered("filters", i), std::move(*why));
        }
    }
    if (!route.mirror.upstream.empty()) {
        judge_mirror(route);
    }
    if (!route.health_path.empty() && !route.health_path.starts_with('/')) {
        fault("health_path", "must begin with a slash");
    }
}

// What the gateway tells a service of ours is for nobody else.
void RouteRules::judge_mirror(const RouteConfig& route) {
    if (!route.service.empty()) {
        return fault("mirror", "is not for a route to a service of Loquat");
    }
    const RouteConfig as_route{.upstreams = {route.mirror.upstream}};
    if (!service_of(as_route)) {
        judge_upstream("mirror.upstream", route.mirror.upstream);
    }
}

// Names are judged when they are connected to: what they stand for may change.
void RouteRules::judge_upstream(const std::string& field, const std::string& url) {
    const auto origin = net::http::Origin::parse(url);
    if (!origin) {
        return fault(field, "must be of the form http://host:port, not " + hide_credentials(url));
    }
    const auto address = net::Address::parse(origin->host);
    if (address && address->is_link_local() && !around_.link_local.covers(*address)) {
        fault(field, "must not be " + origin->host +
                         ", which is link-local or tells a machine its secrets; " +
                         std::string{link_local_setting} + " can allow it");
    }
}

}  // namespace loquat::gateway
