#include "services/gateway/gateway.hpp"

#include "aio/scope.hpp"
#include "base/log.hpp"
#include "runtime/front/problem.hpp"
#include "services/gateway/domain/max_forwards.hpp"
#include "services/gateway/edge/access_log.hpp"
#include "services/gateway/own/own_certificate.hpp"
#include "services/gateway/routes/path_rules.hpp"

namespace loquat::gateway {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds counts_every{1'000};

net::http::ServerConfig server_config(const GatewayConfig& config, RequestIds& ids) {
    net::http::ServerConfig out;
    out.head_time_max = config.head_ms_max;
    out.idle_time_max = config.idle_ms_max;
    out.body_stall_max = config.body_pause_ms_max;
    out.body_pace = {.grace = config.body_grace_ms,
                     .credit_max = config.body_pause_ms_max,
                     .bytes_per_second = config.body_bytes_per_second_min};
    out.connections_max = config.connections_max;
    out.connections_per_address_max = config.connections_per_address_max;
    out.limits.header_bytes_max = config.header_bytes_max;
    out.http2.enabled = config.http2;
    out.make_request_id = [&ids] {
        const RequestIds::Text id = ids.next();
        return std::string{id.data(), id.size()};
    };
    out.own_answer_lines = data_lines;
    return out;
}

// The web app's paths are the product's own where it is served.
Gateway::Parts with_web_paths(Gateway::Parts parts) {
    if (!parts.web.empty()) {
        parts.sources.reserved.assign(web_pages.begin(), web_pages.end());
    }
    for (const runtime::WebAsset& asset : parts.web) {
        parts.sources.reserved.emplace_back(asset.path);
    }
    return parts;
}

// Upstreams have limits of their own; how circuits and repeats are judged is the platform's.
runtime::CallRules upstream_rules(const UpstreamConfig& config, runtime::CallRules rules) {
    rules.balancer.failures_in_row = config.eject_after_failures;
    rules.balancer.aside = milliseconds{config.eject_ms};
    rules.balancer.aside_max = 10 * rules.balancer.aside;
    rules.attempts_max = config.attempts_max;
    rules.retries.each_second_min = config.retries_per_second_min;
    rules.calls_max = config.requests_max;
    return rules;
}

Failure bad_path() {
    return {Kind::malformed, "http.bad_path", "The path is not in its plain form."};
}

RouteQuery query_of(const Request& request, std::string_view path) {
    const net::http::RequestHead& head = request.head;
    return {.method = Methods::of(head.method),
            .path = path,
            .host = head.host,
            .headers = head.headers,
            .query = head.query,
            .client = &request.client.address,
            .request_id = request.id()};
}

}  // namespace

Gateway::Gateway(GatewayConfig config, Parts parts)
    : config_(std::move(config)),
      parts_(with_web_paths(std::move(parts))),
      certificate_(parts_.shared->certificate([this] {
          const auto make = [this] {
              return make_server_tls(config_, parts_.data_folder, parts_.clock.now());
          };
          return std::make_shared<PublicCertificate>(config_, make, parts_.clock);
      })),
      trusted_("gateway.trusted_proxies", config_.trusted_proxies),
      cors_(parts_.origins),
      limiter_(config_.limits, parts_.shared->limits()),
      tracer_(config_.trace_percent),
      measures_(parts_.metrics, parts_.instance),
      identities_(parts_.clock, parts_.shared->identity_key, parts_.token_issuer),
      proxy_(parts_.loop,
             {config_.upstream, config_.tunnels_max, parts_.internal_key, parts_.rights,
              identities_, parts_.shared->answers, parts_.clock, parts_.tls},
             responder_, measures_),
      health_checks_(parts_.loop, config_.upstream, proxy_),
      joins_({parts_.loop, config_, responder_, identities_, proxy_}),
      local_calls_(responder_, parts_.rights),
      own_endpoints_({config_, parts_.sources, parts_.operations, *parts_.shared, responder_,
                      parts_.audit, parts_.neighbours.states}),
      web_(parts_.web),
      server_(parts_.loop, server_config(config_, ids_), *this),
      counts_timer_([this] { publish_counts(); }) {
    parts_.call_rules = upstream_rules(config_.upstream, std::move(parts_.call_rules));
    parts_.shared->join();
}

net::Endpoint Gateway::start() {
    if (parts_.shared->routes() == nullptr) {
        parts_.shared->replace_routes(build_routes(config_, parts_.sources), config_.spring);
    }
    use_latest_routes();
    net::http::Server::TlsOfNow tls;
    if (certificate_->is_there()) {
        tls = [certificate = certificate_] { return certificate->context(); };
    }
    const net::Endpoint at = parts_.shared->listen(parts_.loop, server_, config_, std::move(tls));
    counts_timer_.start(parts_.loop, counts_every);
    listener_ =
        std::make_shared<runtime::InstanceListener>(parts_.loop, [this] { follow_instances(); });
    parts_.neighbours.instances->add_listener(listener_);
    return at;
}

Task<void> Gateway::stop(Steady deadline) {
    counts_timer_.stop();
    listener_.reset();
    local_calls_.end_feeds();
    co_await health_checks_.stop();
    co_await server_.drain(deadline);
    co_await proxy_.tunnels().close(deadline);
    co_await proxy_.stop();
}

Task<void> Gateway::replace_routes(std::vector<RouteConfig> routes, std::vector<SpringKey> spring) {
    const contracts::Caller nobody;  // the configuration's owner is no user
    co_await own_endpoints_.replace_routes(nobody, std::move(routes), std::move(spring));
}

void Gateway::use_latest_routes() {
    const std::uint64_t version = parts_.shared->version();
    if (version != routes_version_) {
        // A copy per loop: requests count references to what only this thread touches.
        const UpstreamParts with{*parts_.neighbours.instances,
                                 parts_.metrics,
                                 parts_.clock,
                                 parts_.call_rules,
                                 parts_.neighbours.states,
                                 parts_.loop,
                                 [this](const net::http::Origin& origin) { proxy_.leave(origin); }};
        routes_ = std::make_shared<LoopRoutes>(parts_.shared->routes(), with, routes_.get());
        for (const auto& upstream : routes_->upstreams) {
            parts_.neighbours.states.add(parts_.loop, upstream->calls);
        }
        health_checks_.use(*routes_);
        routes_version_ = version;
    }
}

// Nothing waits for a connection to a server that has left; it is not kept either.
void Gateway::follow_instances() {
    const std::uint64_t version = parts_.neighbours.instances->version();
    if (version != instances_version_) {
        instances_version_ = version;
        routes_->follow_instances();
    }
}

void Gateway::publish_counts() {
    measures_.connections.set(static_cast<std::int64_t>(server_.counts().connections));
    measures_.tunnels.set(static_cast<std::int64_t>(proxy_.tunnels().size()));
    measures_.token_hits.set(static_cast<std::int64_t>(parts_.tokens.counts().hits));
    measures_.token_misses.set(static_cast<std::int64_t>(parts_.tokens.counts().misses));
    const AnswerCache::Counts kept = parts_.shared->answers.counts();
    measures_.kept_bytes.set(static_cast<std::int64_t>(kept.bytes));
    measures_.kept_answers.set(static_cast<std::int64_t>(kept.answers));
    measures_.upstream_connections.set(static_cast<std::int64_t>(proxy_.counts().open));
    if (parts_.edge == 0) {
        certificate_->look();
        measures_.certificate_seconds.set(certificate_->time_left().count());
    }
    follow_instances();
    counts_timer_.start(parts_.loop, counts_every);
}

Task<void> Gateway::handle(net::http::Exchange& exchange) {
    Request request{exchange};
    std::exception_ptr error;
    try {
        begin(request);
        Way way = choose(request);
        while (way == Way::check_token || way == Way::check_sign_in || way == Way::ask_limit) {
            way = co_await prepare(request, way);
        }
        switch (way) {
            case Way::operation:
                co_await local_calls_.run(request);
                break;
            case Way::upstream:
                co_await proxy_.run(request);
                break;
            default:
                co_await answer_rarely(request, way);
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        co_await settle(request, error);
    }
    end(request);
}

void Gateway::begin(Request& request) {
    const net::http::HeaderViews& headers = request.head.headers;
    use_latest_routes();
    request.routes = routes_;
    const std::string_view given = headers.get("X-Request-Id");
    if (is_sane_request_id(given)) {
        std::ranges::copy(given, request.id_text.begin());
        request.id_size = static_cast<std::uint8_t>(given.size());
    } else {
        std::ranges::copy(ids_.next(), request.id_text.begin());
        request.id_size = RequestIds::size;
    }
    const auto trace = TraceParent::parse(headers.get("traceparent"));
    request.is_websocket = request.head.wants_upgrade("websocket");
    request.continues_trace = trace.has_value();
    request.trace = tracer_.next(trace);
    request.client =
        find_client(trusted_, request.exchange.peer().address, request.exchange.is_tls(), headers);
    if (const std::string_view origin = headers.get("Origin");
        !origin.empty() && cors_.allows(origin)) {
        request.allowed_origin = origin;
    }
}

Gateway::Way Gateway::choose(Request& request) {
    const net::http::RequestHead& head = request.head;
    const auto checked = check_path(head.path, request.path_scratch);
    if (!checked && !(head.path == "*" && head.is("OPTIONS"))) {
        throw bad_path();
    }
    request.path = checked ? checked->path : "*";
    request.oddities = checked ? checked->oddities : PathOddities{};
    if (request.is_websocket && !request.oddities.any()) {
        request.upgrade_target = parts_.sources.dispatcher.find_upgrade(request.path, parts_.edge);
        if (request.upgrade_target != nullptr) {
            return Way::upgrade;
        }
    }
    if (!request.allowed_origin.empty() && head.is("OPTIONS") &&
        head.headers.contains("Access-Control-Request-Method")) {
        return Way::preflight;
    }
    auto found = request.routes->find(query_of(request, request.path));
    request.route = found.route;
    request.parameters = std::move(found.parameters);
    request.allowed = found.allowed;
    check_reading(request);
    const std::string_view token = runtime::bearer_token(head.headers.get("Authorization"));
    if (!token.empty()) {
        runtime::Tokens::Result result = parts_.tokens.verify_now(token);
        if (result) {
            request.identity = std::move(*result);
        } else if (request.route != nullptr) {
            return Way::check_token;
        }
    }
    return request.route != nullptr ? judge(request) : Way::no_route;
}

// A path goes on to other servers only where they cannot read another route's path in it.
void Gateway::check_reading(const Request& request) {
    const Route* route = request.route;
    const PathOddities& odd = request.oddities;
    const bool is_configured = route != nullptr && route->made_by == RouteMaker::configuration;
    const bool passes_slashes = is_configured && route->encoded_slashes == PathRule::pass;
    if (odd.has_encoded_slash && !passes_slashes) {
        throw bad_path();
    }
    if (!is_configured) {
        return;
    }
    if (odd.is_disguised || (odd.has_parameters && route->path_parameters != PathRule::pass)) {
        throw bad_path();
    }
    if (!odd.any() && !request.path.ends_with('/')) {
        return;
    }
    for (const std::string& reading : other_readings(request.path)) {
        const auto other = request.routes->table->find(query_of(request, reading));
        const bool is_other = other.route != nullptr && other.route != route;
        if (is_other && (odd.any() || other.route->access != route->access)) {
            throw bad_path();
        }
    }
}

Gateway::Way Gateway::way_of(const Request& request) {
    switch (request.route->target) {
        case Target::operation:
            return Way::operation;
        case Target::upstream:
            return is_last_hop(request.head) ? Way::last_hop : Way::upstream;
        case Target::own:
            break;
    }
    return Way::own;
}

// What has to wait for something before it is clear where the request goes.
Task<Gateway::Way> Gateway::prepare(Request& request, Way way) {
    if (way == Way::check_sign_in) {
        co_await check_sign_in(request);
        co_return way_of(request);
    }
    if (way == Way::ask_limit) {
        LimitCount asked = std::move(request.count);
        const Verdict verdict = co_await limiter_.ask(std::move(asked));
        refuse_if_limited(request, verdict);
        co_return admit(request);
    }
    const std::string_view token = runtime::bearer_token(request.head.headers.get("Authorization"));
    const bool is_open = request.route->access == contracts::Access::anyone;
    co_await identify(request, token, is_open ? Need::optional : Need::required);
    co_return judge(request);
}

Task<void> Gateway::answer_rarely(Request& request, Way way) {
    switch (way) {
        case Way::own:
            if (request.route->own == OwnAnswer::join) {
                co_await joins_.run(request);
                break;
            }
            co_await own_endpoints_.run(request);
            break;
        case Way::upgrade:
            co_await upgrade_here(request);
            break;
        case Way::preflight:
            co_await answer_preflight(request);
            break;
        case Way::last_hop:
            co_await answer_as_last_hop(request);
            break;
        default:
            co_await answer_without_route(request);
    }
}

Task<void> Gateway::settle(Request& request, std::exception_ptr error) {
    if (aio::is_cancellation(error)) {
        std::rethrow_exception(error);
    }
    Failure failure = runtime::to_failure(error);
    if (failure.kind == Kind::internal) {
        log_error({.service = "gateway",
                   .request_id = request.id(),
                   .trace_id = request.trace.trace_id()},
                  "request failed", {{"code", failure.code}, {"detail", failure.detail}});
    }
    if (request.exchange.has_started()) {
        request.exchange.abandon();
        co_return;
    }
    co_await responder_.send_failure(request, std::move(failure));
}

void Gateway::end(const Request& request) {
    const auto took = std::chrono::steady_clock::now() - request.exchange.begun_at();
    measures_.on_end(*request.routes, request.route, request.exchange.status(), took);
    if (config_.access_log && is_logged(Level::info)) {
        log_access(request, took);
    }
}

}  // namespace loquat::gateway
