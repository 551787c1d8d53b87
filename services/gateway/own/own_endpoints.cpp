#include "services/gateway/own/own_endpoints.hpp"

#include <algorithm>

#include "aio/offload.hpp"
#include "contracts/core/openapi.hpp"
#include "net/jose/jwk.hpp"
#include "runtime/front/problem.hpp"
#include "runtime/version.hpp"
#include "services/gateway/edge/caller_of.hpp"
#include "services/gateway/edge/measures.hpp"
#include "services/gateway/own/docs_page.hpp"
#include "services/gateway/routes/route_changes.hpp"

namespace loquat::gateway {
namespace {

struct RouteList {
    std::vector<RouteConfig> routes;
};
BOOST_DESCRIBE_STRUCT(RouteList, (), (routes))

constexpr std::string_view json_type = "application/json";

}  // namespace

Task<void> OwnEndpoints::run(Request& request) {
    Responder& responder = parts_.responder;
    switch (request.route->own) {
        case OwnAnswer::liveness:
            co_await responder.send_text(request, json_type, R"({"status":"UP"})", Content::data);
            co_return;
        case OwnAnswer::operations:
            co_await operate(request);
            co_return;
        case OwnAnswer::clients: {
            const std::string clients = wire::to_json(co_await parts_.clients.describe());
            co_await responder.send_text(request, json_type, clients, Content::data);
            co_return;
        }
        case OwnAnswer::openapi:
        case OwnAnswer::docs:
        case OwnAnswer::docs_style:
            co_await describe(request);
            co_return;
        case OwnAnswer::identity_keys: {
            const net::jose::KeySet keys{{parts_.shared.identity_key}};
            const std::string text = keys.to_jwks();
            co_await responder.send_text(request, json_type, text, Content::data);
            co_return;
        }
        case OwnAnswer::list_routes: {
            const std::string list = list_routes(request);
            co_await responder.send_text(request, json_type, list, Content::data);
            co_return;
        }
        case OwnAnswer::replace_routes:
            co_await take_routes(request);
            co_return;
        case OwnAnswer::join:
        case OwnAnswer::none:
            break;
    }
    throw Failure{Kind::not_found, "request.no_route", "There is nothing here."};
}

// Its route let nobody but administrators in, except to the probes.
Task<void> OwnEndpoints::operate(Request& request) {
    const net::http::RequestHead& head = request.head;
    runtime::ActuatorRequest asked{
        .method = std::string{head.method},
        .path = std::string{request.path},
        .query = std::string{head.query},
        .base = (request.client.is_secure ? "https://" : "http://") + std::string{head.host}};
    if (request.route->access == contracts::Access::admin) {
        asked.access = runtime::ActuatorAccess::operator_;
        asked.body = co_await request.exchange.read_body(request.route->body_bytes_max);
    }
    const net::http::Response response = co_await parts_.operations(std::move(asked));
    if (!head.is("GET") && !head.is("HEAD")) {
        const contracts::Caller caller = caller_of(request, Steady::max());
        parts_.audit.note(
            caller, {.action = "operations.changed",
                     .subject = std::string{request.path},
                     .outcome = response.status < 400 ? "done" : std::to_string(response.status)});
    }
    co_await parts_.responder.send(request, response);
}

Task<void> OwnEndpoints::describe(Request& request) {
    if (openapi_.empty()) {
        std::vector<contracts::Operation> operations = parts_.sources.dispatcher.operations();
        for (const contracts::Operation& known : parts_.sources.known) {
            const bool is_here =
                std::ranges::any_of(operations, [&](const contracts::Operation& one) {
                    return one.service == known.service && one.name == known.name;
                });
            if (!is_here && parts_.sources.may_be_elsewhere(known.service)) {
                operations.push_back(known);
            }
        }
        const wire::Value document = contracts::openapi_document(operations, runtime::version);
        openapi_ = wire::to_json(document);
        docs_ = docs_page(document);
    }
    if (request.route->own == OwnAnswer::openapi) {
        co_await parts_.responder.send_text(request, json_type, openapi_, Content::data);
    } else if (request.route->own == OwnAnswer::docs) {
        co_await parts_.responder.send_text(request, "text/html; charset=utf-8", docs_,
                                            Content::page);
    } else {
        co_await parts_.responder.send_text(request, "text/css; charset=utf-8", docs_style(),
                                            Content::file);
    }
}

std::string OwnEndpoints::list_routes(const Request& request) const {
    wire::Array list;
    for (const auto& route : request.routes->table->routes()) {
        wire::Object one{
            {"id", route->id}, {"path", route->pattern}, {"methods", route->methods.to_string()}};
        if (route->target == Target::upstream) {
            const Steady now = request.exchange.begun_at();
            wire::Array authorities;
            std::int64_t resting = 0;
            for (const auto& target :
                 request.routes->upstreams[route->upstream]->calls->targets()) {
                authorities.emplace_back(target->endpoint.authority);
                resting += target->aside_until > now ? 1 : 0;
            }
            one.emplace_back("upstreams", std::move(authorities));
            one.emplace_back("resting", resting);
        }
        list.emplace_back(std::move(one));
    }
    for (LoopRoutes::Located& one : request.routes->list_located(request.exchange.begun_at())) {
        wire::Array authorities;
        for (std::string& authority : one.authorities) {
            authorities.emplace_back(std::move(authority));
        }
        list.emplace_back(wire::Object{{"id", std::move(one.id)},
                                       {"path", std::move(one.path)},
                                       {"methods", Methods{Methods::all}.to_string()},
                                       {"upstreams", std::move(authorities)},
                                       {"resting", std::int64_t{one.resting}},
                                       {"located", true}});
    }
    return wire::to_json(wire::Object{{"routes", std::move(list)}});
}

Task<void> OwnEndpoints::take_routes(Request& request) {
    const std::string body = co_await request.exchange.read_body(request.route->body_bytes_max);
    auto list = wire::from_json<RouteList>(body);
    const auto count = static_cast<std::int64_t>(list.routes.size());
    contracts::Caller caller = caller_of(request, Steady::max());
    co_await replace_routes(std::move(caller), std::move(list.routes));
    const std::string answer = wire::to_json(wire::Object{{"routes", count}});
    co_await parts_.responder.send_text(request, json_type, answer, Content::data);
}

Task<void> OwnEndpoints::replace_routes(contracts::Caller caller, std::vector<RouteConfig> routes,
                                        std::optional<std::vector<SpringKey>> spring) {
    GatewayConfig config = parts_.config;
    config.routes = std::move(routes);
    aio::WorkerPool builder{"gateway routes", 1, 1};
    const auto work = [&] {
        const std::lock_guard alone{parts_.shared.replacing};
        config.spring = spring ? std::move(*spring) : parts_.shared.spring();
        Replaced replaced{.before = nullptr, .now = build_routes(config, parts_.sources)};
        replaced.before = parts_.shared.replace_routes(replaced.now, std::move(config.spring));
        return replaced;
    };
    Replaced replaced;
    std::exception_ptr error;
    try {
        replaced = co_await builder.run<Replaced>(work);
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        parts_.audit.note(caller,
                          {.action = replaced_action, .outcome = runtime::to_failure(error).code});
        std::rethrow_exception(error);
    }
    for (runtime::Act& act :
         route_changes(replaced.before->configured(), replaced.now->configured())) {
        parts_.audit.note(caller, std::move(act));
    }
}

}  // namespace loquat::gateway
