#include "runtime/service_server.hpp"

#include "base/text.hpp"
#include "runtime/caller_header.hpp"
#include "runtime/feed_body.hpp"
#include "runtime/problem.hpp"
#include "runtime/version.hpp"

namespace loquat::runtime {
namespace {

net::http::Response json_response(int status, const wire::Value& value) {
    net::http::Response response{.status = status, .body = wire::to_json(value)};
    response.headers.append("Content-Type", "application/json");
    response.headers.append("Cache-Control", "no-store");
    return response;
}

}  // namespace

std::optional<net::http::Response> operations_answer(const Context& context,
                                                     std::string_view path) {
    if (path == "/internal/health" || path == "/actuator/health") {
        const wire::Value health = context.health().to_value();
        const bool is_up = *health.find("status")->if_string() == "UP";
        return json_response(is_up ? 200 : 503, health);
    }
    if (path == "/internal/metrics" || path == "/actuator/prometheus") {
        net::http::Response response{.status = 200, .body = context.metrics().to_text()};
        response.headers.append("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        return response;
    }
    if (path == "/actuator/info") {
        return json_response(
            200, wire::Object{{"build", wire::Object{{"name", "loquat"}, {"version", version}}}});
    }
    return std::nullopt;
}

ServiceServer::ServiceServer(const Context& context)
    : context_(context), server_(context.loop(), {}, *this) {}

net::Endpoint ServiceServer::listen(const net::ListenOptions& options) {
    return server_.listen(options);
}

Task<void> ServiceServer::drain(Steady deadline) { co_await server_.drain(deadline); }

contracts::Caller ServiceServer::caller_of(net::http::Exchange& exchange) const {
    const net::http::RequestHead& head = exchange.head();
    contracts::Caller caller;
    if (context_.has_internal_key(head) && head.headers.contains(caller_field)) {
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
    auto caller = caller_of(exchange);
    if (exchange.head().upgrades) {
        UpgradeTarget* target =
            context_.dispatcher().find_upgrade(exchange.head().path, context_.edge());
        if (target != nullptr) {
            co_await target->handle_upgrade(exchange, std::move(caller));
            co_return;
        }
    }
    co_await answer(exchange, std::move(caller));
}

Task<void> ServiceServer::answer(net::http::Exchange& exchange, contracts::Caller caller) {
    const net::http::RequestHead& head = exchange.head();
    if (head.is("GET")) {
        if (auto response = operations_answer(context_, head.path)) {
            co_await exchange.respond(std::move(*response));
            co_return;
        }
    }
    auto match = context_.dispatcher().find(head.method, head.path);
    const bool is_open = match.operation != nullptr &&
                         match.operation->operation.spec.access == contracts::Access::anyone;
    if (match.outcome != Dispatcher::Outcome::found ||
        (!is_open && !context_.has_internal_key(head))) {
        throw Failure{Kind::not_found, "request.no_route", "There is nothing here."};
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

}  // namespace loquat::runtime
