#pragma once
#include <filesystem>
#include <map>
#include <optional>
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
};

// What a file says of routes.
struct SpringSpace {
    std::vector<RouteConfig> routes;
    std::optional<LocatorRules> locator;  // where `discovery.locator.enabled` is true
};

// The routes below `spring.cloud.gateway.routes` or `spring.cloud.gateway.server.webflux.routes`,
// in their order, with `default-filters` in front of each route's own.  A route with several paths
// becomes several, `ID`, `ID-2` ...  Beside them the discovery locator.  Throws Failure
// `config.invalid` with route, line and what is known.
SpringSpace to_routes(const SpringFile& file);
// The same of a file; none for an empty name.  Throws `config.unreadable` too.
SpringSpace read_routes_file(const std::filesystem::path& file);

}  // namespace loquat::gateway
