#pragma once
#include <array>
#include <memory>
#include <vector>

#include "runtime/metrics.hpp"
#include "services/gateway/routes/route_table.hpp"
#include "services/gateway/routes/upstream_group.hpp"

namespace loquat::gateway {

// Counters of one route, looked up once.
struct RouteMeasures {
    std::array<runtime::Counter*, 6> by_class{};  // 1: 1xx ... 5: 5xx; 0: no answer could be given
    runtime::Histogram* seconds = nullptr;
};

// A route table as one loop uses it: with its own turns and rests of upstreams.
struct LoopRoutes {
    LoopRoutes(std::shared_ptr<const RouteTable> of, const UpstreamConfig& config);

    std::shared_ptr<const RouteTable> table;
    std::vector<UpstreamGroup> upstreams;  // by Upstream position
    std::vector<runtime::Histogram*> upstream_seconds;
    std::vector<RouteMeasures> measures;  // by Route::number, made at first use
};

}  // namespace loquat::gateway
