#include "base/log.hpp"
#include "services/gateway/proxy/proxy.hpp"

// What is answered instead of an upstream, or by another route's.
namespace loquat::gateway {

Task<void> Proxy::answer_instead(Request& request, const Failure& failure) {
    const FallbackConfig& fallback = request.route->fallback;
    log_info({.service = "gateway", .request_id = request.id()}, "answered by a fallback",
             {{"route", request.route->id}, {"code", failure.code}, {"detail", failure.detail}});
    measures_.on_fallback();
    if (!fallback.path.empty()) {
        co_await pass_to_other(request, failure);
        co_return;
    }
    net::http::HeadWriter out = responder_.start(request, fallback.status);
    out.add("Content-Type", fallback.content_type).add("Cache-Control", "no-store");
    co_await request.exchange.finish(fallback.body);
}

Task<void> Proxy::redirect(Request& request) {
    const Filters::Redirect& to = *request.route->filters.redirect;
    net::http::HeadWriter out = responder_.start(request, to.status);
    out.add("Location", fill_in(to.url, request.parameters));
    co_await request.exchange.finish({});
}

Task<void> Proxy::refuse_field(Request& request, std::string_view name) {
    const Filters::FieldLimit& limit = *request.route->filters.field_limit;
    std::string detail = "The field " + std::string{name} + " is larger than " +
                         std::to_string(limit.bytes_max) +
                         " bytes, which is what this route takes.";
    Problem problem{431, "http.header_too_large", std::move(detail), limit.told_in};
    co_await responder_.send_problem(request, std::move(problem));
}

// The other route answers once, and for callers who may use it anyway.
Task<void> Proxy::pass_to_other(Request& request, const Failure& failure) {
    const auto other =
        request.routes->table->find({Methods::of(request.head.method), request.route->fallback.path,
                                     request.head.host, request.head.headers});
    const bool may = other.route != nullptr && other.route != request.route &&
                     other.route->target == Target::upstream &&
                     other.route->made_by == RouteMaker::configuration &&
                     (other.route->access == contracts::Access::anyone ||
                      other.route->access == request.route->access);
    const bool is_whole = request.head.framing == net::http::Framing::none || request.body;
    if (!may || !is_whole) {
        throw Failure{failure};
    }
    request.path = request.route->fallback.path;
    request.route = other.route;
    request.parameters.clear();
    request.stands_in_for = &failure;
    co_await pass_on(request);
}

}  // namespace loquat::gateway
