#pragma once
#include "net/http/server.hpp"
#include "runtime/context.hpp"
#include "runtime/dispatcher.hpp"

namespace loquat::runtime {

// A service's own port on one edge loop, for other processes: operations with the internal key,
// upgrades of that loop's instances, health and metrics.
// Callers without the key reach only operations that are open to anyone.
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

// The answer to GET /internal/health, /internal/metrics and /actuator/{health,info,prometheus};
// none for other paths.
std::optional<net::http::Response> operations_answer(const Context& context, std::string_view path);

}  // namespace loquat::runtime
