#include "runtime/front/front_server.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "runtime/actuator/actuator.hpp"
#include "runtime/calls/feed_body.hpp"
#include "runtime/calls/service_server.hpp"
#include "runtime/tls/platform_tls.hpp"

namespace loquat::runtime {
namespace {

net::http::ServerConfig with_tls(const Context& context, net::http::ServerConfig limits) {
    limits.takes_plain_too = context.tls().config().plain_too;
    return context.tls().for_server(std::move(limits));
}

}  // namespace

FrontServer::FrontServer(const Context& context, Front& front, net::http::ServerConfig limits)
    : context_(context), front_(front), server_(context.loop(), with_tls(context, limits), *this) {}

bool FrontServer::listen(const std::string& address, std::uint16_t port) {
    try {
        const net::Endpoint at =
            server_.listen_with({.address = address, .port = port}, context_.tls().listens_with());
        address_ = (context_.tls().is_mutual() ? "https://" : "http://") + at.to_string();
    } catch (const Failure& failure) {
        if (failure.code != "net.listen_failed" || context_.taken_port() == TakenPort::refuse) {
            throw;
        }
        log_warn(context_.log_context(), "goes on without a port of its own",
                 {{"problem", failure.message}, {"setting", context_.service() + ".port"}});
        return false;
    }
    log_info(context_.log_context(), "listens", {{"address", address_}});
    return true;
}

Task<void> FrontServer::drain(Steady deadline) { co_await server_.drain(deadline); }

Task<void> FrontServer::handle(net::http::Exchange& exchange) {
    const std::string_view path = exchange.head().path;
    if (Actuator::serves(path) && !front_.has_own(path)) {
        auto response = co_await answer_operator(context_, exchange);
        co_await exchange.respond(std::move(response));
        co_return;
    }
    net::http::Response answer = co_await front_.answer(exchange);
    if (answer.stream) {
        exchange.close_after();
    }
    co_await exchange.respond(std::move(answer));
}

net::http::Response make_event_stream(std::unique_ptr<net::http::BodySource> events) {
    net::http::Response response;
    add_feed_fields(response.headers);
    response.stream = std::move(events);
    return response;
}

}  // namespace loquat::runtime
