#include "runtime/calls/service_server.hpp"

#include "base/text.hpp"
#include "runtime/actuator/actuator.hpp"
#include "runtime/calls/caller_header.hpp"
#include "runtime/calls/feed_body.hpp"
#include "runtime/discovery/neighbours.hpp"
#include "runtime/front/problem.hpp"
#include "runtime/rights/audit_sink.hpp"
#include "runtime/tls/platform_tls.hpp"

namespace loquat::runtime {

ServiceServer::ServiceServer(const Context& context, const CallGate& gate)
    : context_(context),
      gate_(gate),
      server_(context.loop(), context.tls().for_server({}), *this) {}

net::Endpoint ServiceServer::listen(const net::ListenOptions& options) {
    return server_.listen_with(options, context_.tls().listens_with());
}

Task<void> ServiceServer::drain(Steady deadline) {
    co_await server_.drain(deadline);
    if (audit_) {
        co_await audit_->stop(deadline);
    }
}

AuditTrail& ServiceServer::audit() {
    if (!audit_) {
        audit_ = std::make_unique<AuditTrail>(
            AuditTrail::Parts{make_audit_sink(context_), context_.clock(), context_.metrics(),
                              context_.loop(), context_.service()});
        audit_->start();
    }
    return *audit_;
}

contracts::Caller ServiceServer::caller_of(net::http::Exchange& exchange, const Peer& peer) const {
    const net::http::RequestHead& head = exchange.head();
    contracts::Caller caller;
    if (peer.kind != PeerKind::stranger && head.headers.contains(caller_field)) {
        caller = decode_caller(head.headers.get(caller_field));
    } else {
        caller.address = exchange.peer().address.to_string();
        caller.host = head.host;
        caller.origin = head.headers.get("Origin");
        caller.user_agent = head.headers.get("User-Agent");
    }
    caller.request_id = head.headers.get("X-Request-Id");
    caller.trace_parent = head.headers.get("traceparent");
    if (const auto left = parse_number(head.headers.get(deadline_field));
        left && *left < 3'600'000) {
        caller.deadline = exchange.begun_at() + std::chrono::milliseconds{*left};
    }
    return caller;
}

Task<void> ServiceServer::handle(net::http::Exchange& exchange) {
    Peer peer = gate_.identify(exchange.head().headers.get(internal_key_field),
                               exchange.certificate_names());
    check_certificate(exchange);
    auto caller = caller_of(exchange, peer);
    if (exchange.head().upgrades) {
        UpgradeTarget* target =
            context_.dispatcher().find_upgrade(exchange.head().path, context_.edge());
        if (target != nullptr) {
            co_await target->handle_upgrade(exchange, std::move(caller));
            co_return;
        }
    }
    co_await answer(exchange, std::move(caller), std::move(peer));
}

// Probes of who runs the machine have none, and learn nothing else.
void ServiceServer::check_certificate(const net::http::Exchange& exchange) const {
    const std::string_view path = exchange.head().path;
    if (!gate_.is_by_certificate() || !exchange.certificate_names().empty() || path == "/livez" ||
        path == "/readyz") {
        return;
    }
    const std::string peer = exchange.peer().address.to_string();
    context_.tls().note_refused(peer, "tls.no_certificate", "it has shown no certificate");
    throw Failure{Kind::forbidden, "tls.no_certificate",
                  "Only processes with a certificate of the platform are answered here."};
}

// What only those may call who have a key.
void ServiceServer::check_peer(const Peer& peer, const contracts::Operation& operation,
                               const contracts::Caller& caller) {
    if (gate_.allows(peer, operation.service)) {
        return;
    }
    if (peer.kind == PeerKind::stranger) {
        throw Failure{Kind::not_found, "request.no_route", "There is nothing here."};
    }
    const std::string wanted =
        peer.caller + " -> " + std::string{operation.service} + "." + std::string{operation.name};
    context_.metrics()
        .counter("loquat_calls_refused_total", "Calls that are not in the table of calls.",
                 {{"caller", peer.caller}, {"service", std::string{operation.service}}})
        .add();
    const Failure refused{Kind::forbidden, "call.not_in_table",
                          "A part of the platform asked another one that it has no business with.",
                          wanted};
    audit().note_repeated(caller,
                          {.action = "call.refused", .subject = wanted, .outcome = refused.code});
    throw refused;
}

Task<void> ServiceServer::answer(net::http::Exchange& exchange, contracts::Caller caller,
                                 Peer peer) {
    const net::http::RequestHead& head = exchange.head();
    if (Actuator::serves(head.path)) {
        auto response = co_await answer_operator(context_, exchange);
        co_await exchange.respond(std::move(response));
        co_return;
    }
    if (head.is("GET") && head.path == "/internal/clients" && context_.has_internal_key(head)) {
        const wire::Value clients = co_await context_.neighbours().states.describe();
        net::http::Response response{.body = wire::to_json(clients)};
        response.headers.append("Content-Type", "application/json");
        response.headers.append("Cache-Control", "no-store");
        co_await exchange.respond(std::move(response));
        co_return;
    }
    auto match = context_.dispatcher().find(head.method, head.path);
    if (match.outcome != Dispatcher::Outcome::found) {
        throw Failure{Kind::not_found, "request.no_route", "There is nothing here."};
    }
    const bool is_open = match.operation->operation.spec.access == contracts::Access::anyone;
    // Who shows a key is believed what it says of the caller, where anybody may call too.
    if (!is_open || peer.kind == PeerKind::service) {
        check_peer(peer, match.operation->operation, caller);
    }
    auto body = co_await exchange.read_body(match.operation->operation.spec.body_bytes_max);
    auto call = make_raw_call(match, head.query, std::move(body));
    if (match.operation->operation.is_feed) {
        take_last_event_id(call, head.headers.get("Last-Event-ID"));
        exchange.close_after();
    }
    auto response = co_await Dispatcher::run(*match.operation, std::move(caller), std::move(call));
    co_await exchange.respond(std::move(response));
}

Task<net::http::Response> answer_operator(const Context& context, net::http::Exchange& exchange) {
    const net::http::RequestHead& head = exchange.head();
    ActuatorRequest request{
        .method = std::string{head.method},
        .path = std::string{head.path},
        .query = std::string{head.query},
        .base = (exchange.is_tls() ? "https://" : "http://") + std::string{head.host}};
    if (context.has_internal_key(head)) {
        request.access = ActuatorAccess::operator_;
        request.body = co_await exchange.read_body(Actuator::body_bytes_max);
    }
    co_return co_await context.actuator().answer(std::move(request));
}

}  // namespace loquat::runtime
