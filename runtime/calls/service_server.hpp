#pragma once
#include <memory>

#include "net/http/server.hpp"
#include "runtime/calls/call_gate.hpp"
#include "runtime/context.hpp"
#include "runtime/front/dispatcher.hpp"
#include "runtime/rights/audit_trail.hpp"

namespace loquat::runtime {

// A service's own port on one edge loop, for other processes: operations with the internal key,
// upgrades of that loop's instances, and the operators' endpoints.
// Callers without a key, from this machine too, reach only what is open to anyone; a service of
// ours reaches whom it calls by the table, and is refused and audited elsewhere.
class ServiceServer final : public net::http::Handler {
  public:
    // Both outlive it.
    ServiceServer(const Context& context, const CallGate& gate);

    net::Endpoint listen(const net::ListenOptions& options);
    Task<void> drain(Steady deadline);
    Task<void> handle(net::http::Exchange& exchange) override;

  private:
    Task<void> answer(net::http::Exchange& exchange, contracts::Caller caller, Peer peer);
    void check_certificate(const net::http::Exchange& exchange) const;
    void check_peer(const Peer& peer, const contracts::Operation& operation,
                    const contracts::Caller& caller);
    AuditTrail& audit();
    contracts::Caller caller_of(net::http::Exchange& exchange, const Peer& peer) const;

    const Context& context_;
    const CallGate& gate_;
    std::unique_ptr<AuditTrail> audit_;  // made at the first call that is refused
    net::http::Server server_;
};

// The answer to a path that `Actuator::serves`, for whichever server of this process was asked.
Task<net::http::Response> answer_operator(const Context& context, net::http::Exchange& exchange);

}  // namespace loquat::runtime
