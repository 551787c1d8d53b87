#pragma once
#include <memory>
#include <string>

#include "aio/scope.hpp"
#include "services/gateway/proxy/proxy.hpp"

namespace loquat::gateway {

// Asks the servers of upstreams that have a `health_path` from time to time.  Two answers in a row
// that are not 2xx, or none in time, and a server gets no requests until one is; then it has a
// fresh start.  One loop.
class HealthChecks {
  public:
    HealthChecks(aio::Loop& loop, const UpstreamConfig& config, Proxy& proxy);

    // From now on these upstreams are checked, and no others.
    void use(const LoopRoutes& routes);
    Task<void> stop() { co_await scope_.close(); }

  private:
    using UpstreamPtr = std::shared_ptr<const LoopUpstream>;

    Task<void> follow(UpstreamPtr upstream, std::string path);
    Task<void> watch(UpstreamPtr upstream, runtime::Balancer::TargetPtr target, std::string path);
    Task<bool> is_well(runtime::Balancer::TargetPtr target, std::string path);

    aio::Loop& loop_;
    std::chrono::milliseconds pause_;
    std::chrono::milliseconds patience_;
    Proxy& proxy_;
    aio::Scope scope_;
};

}  // namespace loquat::gateway
