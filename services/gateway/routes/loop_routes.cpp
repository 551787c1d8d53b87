#include "services/gateway/routes/loop_routes.hpp"

namespace loquat::gateway {

LoopRoutes::LoopRoutes(std::shared_ptr<const RouteTable> of, const UpstreamConfig& config)
    : table(std::move(of)),
      upstream_seconds(table->upstreams().size()),
      measures(table->routes().size()) {
    for (const Upstream& upstream : table->upstreams()) {
        upstreams.emplace_back(upstream.origins.size(), config);
    }
}

}  // namespace loquat::gateway
