#pragma once
#include <functional>
#include <memory>
#include <string>

#include "aio/timer.hpp"
#include "net/http/server.hpp"
#include "runtime/discovery/neighbours.hpp"
#include "runtime/front/dispatcher.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/domain/client_address.hpp"
#include "services/gateway/domain/cors.hpp"
#include "services/gateway/domain/request_id.hpp"
#include "services/gateway/joins.hpp"
#include "services/gateway/limits/limiter.hpp"
#include "services/gateway/local_calls.hpp"
#include "services/gateway/own/own_endpoints.hpp"
#include "services/gateway/own/web_files.hpp"
#include "services/gateway/ports.hpp"
#include "services/gateway/proxy/health_checks.hpp"
#include "services/gateway/proxy/proxy.hpp"

namespace loquat::gateway {

// The one door: every request from outside, on one edge loop.
//
// In this order: request id, trace and client address; the path's form; upgrades for this process;
// CORS preflights; the route; who asks; limits; access; then the service, the upstream, the
// gateway's own answer, or the web app.  Whatever happens is answered, counted and logged here.
class Gateway final : public net::http::Handler {
  public:
    struct Parts {
        aio::Loop& loop;
        const Clock& clock;
        runtime::Metrics& metrics;
        RouteSources sources;
        runtime::Neighbours& neighbours;
        runtime::CallRules call_rules = {};
        std::size_t edge = 0;
        std::string instance = "gateway";
        std::string internal_key;
        std::string token_issuer = "loquat";
        TokenCheck& tokens;
        runtime::StandingRights& rights;
        std::shared_ptr<Shared> shared;
        // Answers of the operators' endpoints of this process.
        std::function<Task<net::http::Response>(runtime::ActuatorRequest)> operations;
        std::span<const runtime::WebAsset> web;
        runtime::AuditTrail& audit;
        std::vector<std::string> origins = {};      // of web pages besides our own
        const runtime::PlatformTls* tls = nullptr;  // of calls to services elsewhere
        std::filesystem::path data_folder = {};     // where the certificate of its own is kept
    };

    // Throws Failure `config.invalid`.
    Gateway(GatewayConfig config, Parts parts);

    // Builds the routes where no other loop has, and opens the port.  Returns where it listens.
    net::Endpoint start();
    // Stops accepting, lets requests and tunnels finish until `deadline`, closes the rest.
    Task<void> stop(Steady deadline);
    // Other configured routes for all loops, and other settings of Spring's that they are made
    // from; see OwnEndpoints::replace_routes.
    Task<void> replace_routes(std::vector<RouteConfig> routes, std::vector<SpringKey> spring);

    Task<void> handle(net::http::Exchange& exchange) override;
    bool is_tls() const { return certificate_->is_there(); }
    // Takes the files of the port's certificate now; reads them.
    void reload_certificate() { certificate_->reload(); }

  private:
    // What comes next for a request.  The usual ways are found without waiting, in one coroutine.
    enum class Way : std::uint8_t {
        operation,
        upstream,
        own,
        check_token,    // its key is not known here, or it is bad
        check_sign_in,  // the account stands in the body
        ask_limit,      // others count its caller's requests too
        upgrade,
        preflight,
        last_hop,  // OPTIONS or TRACE that may go no further
        no_route,
    };

    void begin(Request& request);
    Way choose(Request& request);
    static void check_reading(const Request& request);
    Way judge(Request& request);
    Way admit(Request& request);
    static Way way_of(const Request& request);
    Task<Way> prepare(Request& request, Way way);
    Task<void> answer_rarely(Request& request, Way way);
    Task<void> settle(Request& request, std::exception_ptr error);
    void end(const Request& request);

    // gateway_rarely.cpp: what no route takes.
    Methods methods_here(const Request& request) const;
    Task<void> answer_without_route(Request& request);
    Task<void> answer_as_last_hop(Request& request);
    Task<void> tell_methods(Request& request, Methods here);
    Task<void> refuse_method(Request& request, Methods here);
    Task<void> answer_preflight(Request& request);
    Task<void> upgrade_here(Request& request);

    // gateway_access.cpp: who asks, and may they.
    enum class Need : std::uint8_t { optional, required };
    Task<void> identify(Request& request, std::string_view token, Need need);
    Limiter::Checked count(const Request& request, const RouteLimit& limit);
    Task<void> check_limit(Request& request, RouteLimit limit);
    Task<void> refuse_or_ask(Request& request, Limiter::Checked checked);
    Task<void> check_sign_in(Request& request);
    void check_access(const Request& request) const;
    void check_origin(const Request& request) const;
    void refuse_if_limited(Request& request, const Verdict& verdict);

    void use_latest_routes();
    void follow_instances();
    void publish_counts();

    GatewayConfig config_;
    Parts parts_;
    std::shared_ptr<PublicCertificate> certificate_;
    Networks trusted_;
    Cors cors_;
    Limiter limiter_;
    RequestIds ids_;
    Tracer tracer_;
    Responder responder_;
    Measures measures_;
    IdentityTokens identities_;
    Proxy proxy_;
    HealthChecks health_checks_;
    Joins joins_;
    LocalCalls local_calls_;
    OwnEndpoints own_endpoints_;
    WebFiles web_;
    std::uint64_t routes_version_ = 0;
    std::uint64_t instances_version_ = 0;
    std::shared_ptr<LoopRoutes> routes_;
    std::shared_ptr<runtime::InstanceListener> listener_;
    net::http::Server server_;
    aio::Timer counts_timer_;
};

}  // namespace loquat::gateway
