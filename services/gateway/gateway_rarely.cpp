#include "net/http/codec.hpp"
#include "runtime/front/problem.hpp"
#include "services/gateway/edge/caller_of.hpp"
#include "services/gateway/gateway.hpp"

// Requests that no route takes: those about the server itself, other methods of known paths, the
// web app's files, preflights and upgrades.
namespace loquat::gateway {
namespace {

Failure nothing_here() {
    return {Kind::not_found, "request.no_route", "There is nothing at this address."};
}

}  // namespace

// What can be done at this path.
Methods Gateway::methods_here(const Request& request) const {
    if (request.path == "*") {
        return Methods{Methods::served};
    }
    if (!request.allowed.empty()) {
        return request.allowed.with_implied();
    }
    const bool is_read =
        parts_.sources.dispatcher.find_upgrade(request.path, parts_.edge) != nullptr ||
        web_.has(request.path);
    return is_read ? Methods{Methods::get}.with_implied() : Methods{};
}

Task<void> Gateway::answer_without_route(Request& request) {
    const net::http::RequestHead& head = request.head;
    const bool reads = head.is("GET") || head.is("HEAD");
    const bool upgrades =
        parts_.sources.dispatcher.find_upgrade(request.path, parts_.edge) != nullptr;
    const runtime::WebAsset* file = reads && request.allowed.empty() && !upgrades
                                        ? web_.find(request.path, head.headers.get("Accept"))
                                        : nullptr;
    const RouteLimit limit{.kind = file != nullptr ? LimitKind::file : LimitKind::standard};
    co_await check_limit(request, limit);
    if (file != nullptr) {
        co_await web_.send(request, *file, responder_);
        co_return;
    }
    if (!Methods::parse(head.method)) {
        using enum net::http::ParseError;
        co_await responder_.send_problem(request,
                                         {net::http::status_of(unsupported_method),
                                          std::string{net::http::code_of(unsupported_method)},
                                          std::string{net::http::text_of(unsupported_method)}});
        co_return;
    }
    const Methods here = methods_here(request);
    if (here.empty()) {
        throw nothing_here();
    }
    if (!here.covers(Methods::of(head.method))) {
        co_await refuse_method(request, here);
    } else if (head.is("OPTIONS")) {
        co_await tell_methods(request, here);
    } else if (upgrades) {
        co_await responder_.send_problem(
            request, {426, "request.upgrade_required", "Connect here by WebSocket."});
    } else {
        throw nothing_here();  // a page that this client does not accept
    }
}

Task<void> Gateway::tell_methods(Request& request, Methods here) {
    responder_.start(request, 204).forward("Allow", here.to_string());
    co_await request.exchange.finish({});
}

Task<void> Gateway::refuse_method(Request& request, Methods here) {
    net::http::Response response = runtime::problem_response(
        Failure{Kind::not_allowed, "request.method_not_allowed", "This address has other methods."},
        request.id());
    response.headers.append("Allow", here.to_string());
    co_await responder_.send(request, response);
}

// The gateway answers for the servers behind it (RFC 9110 section 7.6.2).  It does not do TRACE:
// what comes back would hold what other servers are not told.
Task<void> Gateway::answer_as_last_hop(Request& request) {
    Methods here = request.route->methods.with_implied();
    here.remove(Methods{Methods::trace});
    if (request.head.is("OPTIONS")) {
        co_await tell_methods(request, here);
    } else {
        co_await refuse_method(request, here);
    }
}

Task<void> Gateway::answer_preflight(Request& request) {
    const net::http::RequestHead& head = request.head;
    const std::string_view wanted = head.headers.get("Access-Control-Request-Method");
    const auto found =
        request.routes->find({Methods::of(wanted), request.path, head.host, head.headers});
    const Methods methods = found.route != nullptr ? found.route->methods : found.allowed;
    net::http::HeadWriter out = responder_.start(request, 204);
    Cors::add_preflight_fields(out, methods.with_implied().to_string());
    co_await request.exchange.finish({});
}

// The socket goes to the service; what follows is no longer the gateway's.
Task<void> Gateway::upgrade_here(Request& request) {
    check_origin(request);
    std::string_view token = runtime::bearer_token(request.head.headers.get("Authorization"));
    std::string from_query;
    if (token.empty()) {
        for (auto& [name, value] : contracts::parse_query(request.head.query)) {
            if (name == "access_token") {
                from_query = std::move(value);
            }
        }
        token = from_query;
    }
    const RouteLimit limit{.kind = LimitKind::upgrade};
    co_await check_limit(request, limit);
    if (!token.empty()) {
        co_await identify(request, token, Need::required);
    }
    contracts::Caller caller = caller_of(request, Steady::max());
    caller.origin.clear();  // it has been judged: what the service may know of origins adds nothing
    co_await request.upgrade_target->handle_upgrade(request.exchange, std::move(caller));
}

}  // namespace loquat::gateway
