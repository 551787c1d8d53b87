#pragma once
#include <array>
#include <map>
#include <memory>
#include <vector>

#include "runtime/discovery/neighbours.hpp"
#include "runtime/resilience/service_calls.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "services/gateway/routes/route_table.hpp"

namespace loquat::gateway {

// Counters of one route, looked up once.
struct RouteMeasures {
    std::array<runtime::Counter*, 6> by_class{};  // 1: 1xx ... 5: 5xx; 0: no answer could be given
    runtime::Histogram* seconds = nullptr;
};

// What the calls of one loop to upstreams are made with.
struct UpstreamParts {
    const runtime::Instances& instances;  // for lb:// and services elsewhere
    runtime::Metrics& metrics;
    const Clock& clock;
    runtime::CallRules rules;
    runtime::ClientStates& states;
    aio::Loop& loop;
    runtime::ServiceCalls::OnGone on_gone;  // a server has left
};

// The addresses of one upstream as one loop sees them.
struct LoopUpstream {
    std::string name;
    std::unique_ptr<runtime::FixedInstances> fixed;  // none where the platform knows them
    std::shared_ptr<runtime::ServiceCalls> calls;
};

// A route table as one loop uses it.
struct LoopRoutes {
    // What is known of upstreams that `before` has too is kept.
    LoopRoutes(std::shared_ptr<const RouteTable> of, const UpstreamParts& parts,
               const LoopRoutes* before);

    // What the table finds; where it has nothing, a route to the application that the path names,
    // if the table has a locator.
    RouteTable::Found find(const RouteQuery& query);

    // The routes to applications that there could be now, whether or not somebody has asked for
    // one.
    struct Located {
        std::string id;
        std::string path;
        std::vector<std::string> authorities;  // of the instances
        int resting = 0;                       // of those, on this loop
    };
    std::vector<Located> list_located(Steady now) const;

    // Sees at once who has come and who has left.
    void follow_instances() const;

    std::shared_ptr<const RouteTable> table;
    // By Upstream position; those of located applications come after the table's.
    std::vector<std::shared_ptr<const LoopUpstream>> upstreams;
    std::vector<runtime::Histogram*> upstream_seconds;
    std::vector<RouteMeasures> measures;  // by Route::number, made at first use

  private:
    const Route* find_located(std::string_view path);
    // Its instances, if a path may lead to it.
    runtime::Instances::ListPtr find_application(const std::string& service) const;
    RouteConfig config_of(std::string_view name, const std::string& service) const;
    const Route* make_located(std::string_view name, const std::string& service);

    UpstreamParts parts_;
    std::map<std::string, std::unique_ptr<Route>, std::less<>> located_;  // by the path's spelling
    std::map<std::string, std::shared_ptr<const LoopUpstream>> known_;    // of those, by service
};

}  // namespace loquat::gateway
