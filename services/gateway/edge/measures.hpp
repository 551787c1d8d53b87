#pragma once
#include <array>
#include <string>
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

// The gateway's metrics on one loop.
class Measures {
  public:
    // `instance` is a label of what is counted per loop.
    Measures(runtime::Metrics& metrics, std::string instance);

    // `route` may be null: what no route was found for.
    void on_end(LoopRoutes& routes, const Route* route, int status, std::chrono::nanoseconds took);
    void on_limited() { limited_.add(); }
    void on_upstream(LoopRoutes& routes, std::size_t upstream, std::chrono::nanoseconds took);
    void on_repeat() { repeats_.add(); }

    runtime::Gauge& connections;
    runtime::Gauge& tunnels;
    runtime::Gauge& token_hits;
    runtime::Gauge& token_misses;
    runtime::Gauge& upstream_connections;

  private:
    // Routes beyond so many share one series: labels must not grow without bound.
    static constexpr std::size_t routes_max = 1'000;

    RouteMeasures make(std::string_view route);

    runtime::Metrics& metrics_;
    runtime::Counter& limited_;
    runtime::Counter& repeats_;
    RouteMeasures unmatched_;
};

}  // namespace loquat::gateway
