#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "net/http/server.hpp"
#include "net/jose/key.hpp"
#include "services/gateway/cache/answer_cache.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/edge/identity_key.hpp"
#include "services/gateway/edge/public_certificate.hpp"
#include "services/gateway/limits/limit_store.hpp"
#include "services/gateway/routes/route_table.hpp"

namespace loquat::gateway {

// What the gateways of all edge loops of a process have in common.  Any thread.
class Shared {
  public:
    Shared(const GatewayConfig& config, LimitStores& limits, std::string_view internal_key)
        : answers(config.cache_bytes_max),
          identity_key(make_identity_key(internal_key)),
          limits_(limits.open(config.limits.keys_max)) {}

    // The one of this platform (`platform` is any address that is unique to it); made by the first
    // who asks, gone with the last who holds it.
    static std::shared_ptr<Shared> of(const void* platform, const GatewayConfig& config,
                                      LimitStores& limits, std::string_view internal_key);

    LimitStore& limits() { return *limits_; }
    AnswerCache answers;
    // Signs what servers behind are told of the caller.
    const net::jose::Key identity_key;

    // The version changes after the table has; a loop that sees a new one asks for the table.
    std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
    std::shared_ptr<const RouteTable> routes() const;
    // Puts a table in place, made from these settings of Spring's beside others; returns the one
    // before.
    std::shared_ptr<const RouteTable> replace_routes(std::shared_ptr<const RouteTable> routes,
                                                     std::vector<SpringKey> spring);
    // Those that the table was made from.
    std::vector<SpringKey> spring() const;
    // Held by who replaces routes, from the reading of what they are made from.  Blocks: for a
    // thread of its own.
    std::mutex replacing;

    // The one of the port; made by the first who asks.
    std::shared_ptr<PublicCertificate> certificate(
        const std::function<std::shared_ptr<PublicCertificate>()>& make);

    // Each gateway says so when it is made, before any listens.
    void join() { ++loops_; }
    // Opens the port on `server`: the configured one, shared by all loops when there are several.
    // With port 0 the first takes any and the others the same.  Throws `net.listen_failed`, also
    // when another program shares the port already.
    net::Endpoint listen(aio::Loop& loop, net::http::Server& server, const GatewayConfig& config,
                         net::http::Server::TlsOfNow tls);

  private:
    const std::unique_ptr<LimitStore> limits_;
    mutable std::mutex mutex_;
    std::shared_ptr<const RouteTable> routes_;
    std::vector<SpringKey> spring_;
    std::atomic<std::uint64_t> version_{0};
    std::atomic<int> loops_{0};
    std::shared_ptr<PublicCertificate> certificate_;
    std::uint16_t port_ = 0;  // the one that the first took
};

}  // namespace loquat::gateway
