#include "services/gateway/proxy/health_checks.hpp"

#include <algorithm>

namespace loquat::gateway {
namespace {

constexpr int failures_max = 2;

}  // namespace

HealthChecks::HealthChecks(aio::Loop& loop, const UpstreamConfig& config, Proxy& proxy)
    : loop_(loop),
      pause_(config.health_ms),
      patience_(config.health_ms_max),
      proxy_(proxy),
      scope_(loop, "health checks") {}

void HealthChecks::use(const LoopRoutes& routes) {
    scope_.cancel();
    for (std::size_t i = 0; i < routes.table->upstreams().size(); ++i) {
        const std::string& path = routes.table->upstreams()[i].health_path;
        if (!path.empty()) {
            scope_.start(follow(routes.upstreams[i], path));
        }
    }
}

// Those that come are watched; those that go are left by their watchers.
Task<void> HealthChecks::follow(UpstreamPtr upstream, std::string path) {
    std::vector<runtime::Balancer::TargetPtr> watched;
    while (true) {
        std::erase_if(watched, [](const auto& target) { return target->is_gone; });
        for (const auto& target : upstream->calls->targets()) {
            if (std::ranges::find(watched, target) == watched.end()) {
                watched.push_back(target);
                scope_.start(watch(upstream, target, path));
            }
        }
        co_await loop_.sleep_for(pause_);
    }
}

Task<void> HealthChecks::watch(UpstreamPtr upstream, runtime::Balancer::TargetPtr target,
                               std::string path) {
    using enum runtime::ServiceCalls::Health;
    int failures = 0;
    while (!target->is_gone) {
        const bool is_good = co_await is_well(target, path);
        failures = is_good ? 0 : failures + 1;
        if (is_good) {
            upstream->calls->set_health(*target, well);
        } else if (failures >= failures_max) {
            upstream->calls->set_health(*target, ill);
        }
        co_await loop_.sleep_for(pause_);
    }
}

Task<bool> HealthChecks::is_well(runtime::Balancer::TargetPtr target, std::string path) {
    const net::http::Origin& origin = target->endpoint.origin;
    net::http::ClientRequest request{.origin = origin, .target = std::move(path)};
    const Steady deadline = std::chrono::steady_clock::now() + patience_;
    try {
        const net::http::ClientResponse answer =
            co_await proxy_.client_for(origin, {}).request(std::move(request), deadline);
        co_return answer.status >= 200 && answer.status < 300;
    } catch (const Failure&) {
        co_return false;
    }
}

}  // namespace loquat::gateway
