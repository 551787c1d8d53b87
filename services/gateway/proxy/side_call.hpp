#pragma once
#include <memory>
#include <optional>
#include <string>

#include "net/http/client.hpp"
#include "runtime/resilience/service_calls.hpp"
#include "services/gateway/edge/request.hpp"
#include "services/gateway/routes/loop_routes.hpp"

namespace loquat::gateway {

// A call to an upstream that no client waits for: it outlives the request that it was made of.
struct SideCall {
    SideCall(std::shared_ptr<LoopRoutes> with, std::size_t upstream,
             runtime::OperationClass operation, Steady until)
        : routes(std::move(with)),
          call(*routes->upstreams[upstream]->calls, operation),
          deadline(until) {}

    std::shared_ptr<LoopRoutes> routes;
    runtime::ServiceCall call;
    Steady deadline;
    runtime::Balancer::TargetPtr at;
    std::unique_ptr<net::http::ClientCall> http;
    std::optional<std::string> body;
};
using SideCallPtr = std::unique_ptr<SideCall>;

}  // namespace loquat::gateway
