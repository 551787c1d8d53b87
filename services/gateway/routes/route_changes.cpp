#include "services/gateway/routes/route_changes.hpp"

#include <map>

#include "wire/codec.hpp"

namespace loquat::gateway {
namespace {

constexpr std::size_t subject_bytes_max = 200;

using ById = std::map<std::string_view, const RouteConfig*>;

ById by_id(const std::vector<RouteConfig>& routes) {
    ById all;
    for (const RouteConfig& route : routes) {
        all.emplace(route.id, &route);
    }
    return all;
}

// `shop /shop/** -> http://10.0.0.7:80`
std::string describe(const RouteConfig& route) {
    std::string text = route.id + " " + route.path + " ->";
    if (!route.service.empty()) {
        return text + " service " + route.service;
    }
    for (const std::string& upstream : route.upstreams) {
        if (text.size() + upstream.size() > subject_bytes_max) {
            return text + " ...";
        }
        text += " " + upstream;
    }
    return text;
}

bool is_same(const RouteConfig& a, const RouteConfig& b) {
    return wire::encode(a) == wire::encode(b);
}

}  // namespace

std::vector<runtime::Act> route_changes(const std::vector<RouteConfig>& before,
                                        const std::vector<RouteConfig>& after) {
    const ById old_routes = by_id(before);
    const ById new_routes = by_id(after);
    std::vector<runtime::Act> acts(1);
    std::size_t count = 0;
    const auto add = [&](std::string_view action, const RouteConfig& route) {
        if (++count <= route_acts_max) {
            acts.push_back({.action = action, .subject = describe(route)});
        }
    };
    for (const auto& [id, route] : new_routes) {
        const auto old = old_routes.find(id);
        if (old == old_routes.end()) {
            add("gateway.route_added", *route);
        } else if (!is_same(*old->second, *route)) {
            add("gateway.route_changed", *route);
        }
    }
    for (const auto& [id, route] : old_routes) {
        if (!new_routes.contains(id)) {
            add("gateway.route_removed", *route);
        }
    }
    acts.front() = {
        .action = replaced_action,
        .subject = std::to_string(after.size()) + " routes, " + std::to_string(count) + " changes"};
    return acts;
}

}  // namespace loquat::gateway
