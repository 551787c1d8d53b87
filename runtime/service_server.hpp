#pragma once
#include "net/http/server.hpp"
#include "runtime/context.hpp"
#include "runtime/dispatcher.hpp"

namespace loquat::runtime {

// A service's own port on one edge loop, for other processes: operations with the internal key,
// upgrades of that loop's instances, and the operators' endpoints.
// Callers without the key, from this machine too, reach only what is open to anyone.
class ServiceServer final : public net::http::Handler {
  public:
    explicit ServiceServer(const Context& context);

    net::Endpoint listen(const net::ListenOptions& options);
    Task<void> drain(Steady deadline);
    Task<void> handle(net::http::Exchange& exchange) override;

  private:
    Task<void> answer(net::http::Exchange& exchange, contracts::Caller caller);
    contracts::Caller caller_of(net::http::Exchange& exchange) const;

    const Context& context_;
    net::http::Server server_;
};

// The answer to a path that `Actuator::serves`, for whichever server of this process was asked.
Task<net::http::Response> answer_operator(const Context& context, net::http::Exchange& exchange);

}  // namespace loquat::runtime
