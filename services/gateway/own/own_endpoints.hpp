#pragma once
#include <functional>
#include <string>
#include <vector>

#include "contracts/core/operation.hpp"
#include "runtime/actuator/actuator.hpp"
#include "runtime/discovery/neighbours.hpp"
#include "runtime/rights/audit_trail.hpp"
#include "services/gateway/edge/responder.hpp"
#include "services/gateway/edge/shared.hpp"
#include "services/gateway/routes/route.hpp"
#include "services/gateway/routes/route_builder.hpp"

namespace loquat::gateway {

// What the gateway answers itself: liveness, health and metrics of the process, the API's
// description, and the routes of a running gateway.  One loop.
class OwnEndpoints {
  public:
    struct Parts {
        const GatewayConfig& config;
        RouteSources sources;
        // Answers of the operators' endpoints of this process.
        std::function<Task<net::http::Response>(runtime::ActuatorRequest)> operations;
        Shared& shared;
        Responder& responder;
        runtime::AuditTrail& audit;
        const runtime::ClientStates& clients;
    };

    explicit OwnEndpoints(Parts parts) : parts_(std::move(parts)) {}

    Task<void> run(Request& request);
    // Builds another table on a thread of its own and puts it in place of the present one.  Throws
    // `config.invalid`; then the present one stays.  Either is an act of `caller` in the audit
    // trail, and so is each route that came, went or changed, as far as the first hundred.
    // `spring`: settings of Spring's that routes are made from too; none: as they are.
    Task<void> replace_routes(contracts::Caller caller, std::vector<RouteConfig> routes,
                              std::optional<std::vector<SpringKey>> spring = std::nullopt);

  private:
    struct Replaced {
        std::shared_ptr<const RouteTable> before;
        std::shared_ptr<const RouteTable> now;
    };

    Task<void> operate(Request& request);
    Task<void> describe(Request& request);
    Task<void> take_routes(Request& request);
    std::string list_routes(const Request& request) const;

    Parts parts_;
    std::string openapi_;  // both made at first use
    std::string docs_;
};

}  // namespace loquat::gateway
