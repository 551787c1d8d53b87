#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/gateway/config.hpp"
#include "services/gateway/routes/route_table.hpp"
#include "wire/json.hpp"

namespace loquat::gateway {

// A file of Spring Cloud Gateway, as it is read: what it means as routes, and where each stands.
struct SpringFile {
    wire::Value root;
    std::map<std::string, int> lines;  // dotted path -> line, from 1
    std::string name;                  // for faults
    // Instead of lines, of what is no file: dotted path -> who gave it.
    std::map<std::string, std::string> origins = {};
};

// What files say of routes.
struct SpringSpace {
    std::vector<RouteConfig> routes;
    std::vector<std::string> places;      // of each route: file and line, or key and origin
    std::optional<LocatorRules> locator;  // where `discovery.locator.enabled` is true
};

// The routes below `spring.cloud.gateway.routes` or `spring.cloud.gateway.server.webflux.routes`,
// in their order, with `default-filters` in front of each route's own.  A route with several paths
// becomes several, `ID`, `ID-2` ...  Beside them the discovery locator.  Each key, and a list as a
// whole, is that of the first file that has it.  Throws Failure `config.invalid` with route, line
// and what is known.
SpringSpace to_routes(std::span<const SpringFile> files);
// The same of the settings that came one by one and, weaker, of the file.  Throws
// `config.unreadable` too.
SpringSpace read_spring(const GatewayConfig& config);

}  // namespace loquat::gateway
