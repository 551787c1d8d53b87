#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "contracts/core/operation.hpp"
#include "runtime/front/dispatcher.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/routes/route_table.hpp"

namespace loquat::gateway {

// What routes are made from beside the configuration.
struct RouteSources {
    const runtime::Dispatcher& dispatcher;
    // The tables of all services; those that run elsewhere are found by name.
    std::vector<contracts::Operation> known;
    // Whether another process may have that service: an address is configured, or a registry tells.
    std::function<bool(std::string_view)> may_be_elsewhere;
    // Paths beside those of operations that no configured route may have: the web app's.
    std::vector<std::string> reserved = {};
};

// Operations of services here and elsewhere, the gateway's own answers, and the configured routes.
// Throws Failure `config.invalid` naming the route that cannot be: a path of the product's own, an
// upstream in a link-local network that is not allowed, no target or two,
// unknown method, bad pattern, bad address, an id that comes twice.
std::shared_ptr<const RouteTable> build_routes(const GatewayConfig& config,
                                               const RouteSources& sources);

// The same route without its upstream, and without what is kept of its answers.
Route make_route(const RouteConfig& config);
// What is kept of the answers of a route that shares its pattern with no other; null: nothing.
std::shared_ptr<const Keeping> make_keeping(const RouteConfig& config);

}  // namespace loquat::gateway
