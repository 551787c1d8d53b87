#include "services/gateway/joins.hpp"

#include "base/text.hpp"
#include "runtime/calls/caller_header.hpp"
#include "runtime/front/dispatcher.hpp"
#include "runtime/front/problem.hpp"
#include "services/gateway/domain/identity_fields.hpp"
#include "services/gateway/edge/caller_of.hpp"

namespace loquat::gateway {
namespace {

constexpr std::chrono::milliseconds grace{100};

Failure no_such_part(const std::string& path) {
    return {Kind::not_found, "request.no_route", "There is nothing at " + path + "."};
}

bool may(const contracts::Caller& caller, const Route& route) {
    return route.access == contracts::Access::anyone ||
           (route.access == contracts::Access::user && caller.user &&
            caller.role != contracts::Role::guest) ||
           (route.access == contracts::Access::admin && caller.user &&
            caller.role == contracts::Role::admin);
}

// Only what is JSON can become a member.
std::string checked_json(const std::string& body) {
    try {
        return wire::to_json(wire::parse(body));
    } catch (const Failure&) {
        throw Failure{Kind::unavailable, "upstream.bad_answer",
                      "The other server's answer is not valid.", "a part is no JSON"};
    }
}

}  // namespace

Joins::Question Joins::make_question(const Request& request, const PartConfig& part) {
    Question question{.routes = request.routes};
    std::string path = part.path;
    const std::string user = request.identity ? request.identity->user.to_string() : std::string{};
    for (std::size_t at = 0; (at = path.find("{user}", at)) != std::string::npos;) {
        path.replace(at, 6, user);
    }
    const std::size_t mark = path.find('?');
    question.query = mark == std::string::npos ? std::string{} : path.substr(mark + 1);
    question.path = path.substr(0, mark);
    const Steady deadline = std::chrono::steady_clock::now() + part.time_ms_max;
    question.caller = caller_of(request, deadline);
    question.route =
        request.routes->table
            ->find({Methods{Methods::get}, question.path, request.head.host, request.head.headers})
            .route;
    if (question.route != nullptr && request.identity &&
        question.route->trust == UpstreamTrust::outside) {
        question.identity =
            parts_.identities.token_for(*request.identity, question.route->audience);
    }
    return question;
}

Task<void> Joins::run(Request& request) {
    const JoinConfig& config = parts_.config.joins[request.route->join];
    auto joined = std::make_shared<Joined>();
    joined->left = config.parts.size();
    joined->parts.resize(config.parts.size());
    Steady deadline = request.exchange.begun_at();
    for (std::size_t i = 0; i < config.parts.size(); ++i) {
        joined->parts[i] = {.name = config.parts[i].name, .json = "", .code = "upstream.timeout"};
        Question question = make_question(request, config.parts[i]);
        question.joined = joined;
        question.place = i;
        deadline = std::max(deadline, question.caller.deadline);
        parts_.loop.spawn(ask(std::move(question)));
    }
    co_await joined->done.wait_until(deadline + grace);
    std::string body = "{";
    wire::Array absent;
    for (const Part& part : joined->parts) {
        body += wire::to_json(wire::Value{part.name}) + ":" +
                (part.json.empty() ? "null" : part.json) + ",";
        if (part.json.empty()) {
            absent.push_back(wire::Object{{"part", part.name}, {"code", part.code}});
        }
    }
    if (absent.size() == joined->parts.size()) {
        throw Failure{Kind::unavailable, "gateway.nothing_to_join",
                      "None of the parts of this answer could be had.",
                      wire::to_json(wire::Value{std::move(absent)})};
    }
    body += "\"absent\":" + wire::to_json(wire::Value{std::move(absent)}) + "}";
    net::http::Response response{.body = std::move(body)};
    response.headers.append("Content-Type", "application/json");
    response.headers.append("Cache-Control", "no-store");
    co_await parts_.responder.send(request, response);
}

Task<void> Joins::ask(Question question) {
    Part& part = question.joined->parts[question.place];
    try {
        const net::http::ClientResponse answer = co_await ask_route(question);
        if (answer.status >= 400) {
            throw runtime::failure_of_answer(answer.status, answer.body);
        }
        part.json = checked_json(answer.body);
    } catch (const Failure& failure) {
        part.code = failure.code;
    }
    if (--question.joined->left == 0) {
        question.joined->done.open();
    }
}

Task<net::http::ClientResponse> Joins::ask_route(const Question& question) {
    const Route* route = question.route;
    if (route == nullptr || route->target == Target::own || question.path.contains("/internal/")) {
        throw no_such_part(question.path);
    }
    if (!may(question.caller, *route)) {
        throw Failure{Kind::forbidden, "auth.admin_only", "Only an administrator may do this."};
    }
    if (route->target == Target::upstream) {
        auto answer = co_await ask_elsewhere(question);
        co_return answer;
    }
    static const net::http::HeaderViews no_headers;
    const auto found =
        question.routes->table->find({Methods{Methods::get}, question.path, {}, no_headers});
    const runtime::Dispatcher::Match match{.outcome = runtime::Dispatcher::Outcome::found,
                                           .operation = route->operation,
                                           .parameters = found.parameters};
    contracts::RawCall call = runtime::make_raw_call(match, question.query, {});
    net::http::Response answer =
        co_await runtime::Dispatcher::run(*route->operation, question.caller, std::move(call));
    co_return net::http::ClientResponse{.status = answer.status, .body = std::move(answer.body)};
}

Task<net::http::ClientResponse> Joins::ask_elsewhere(const Question& question) {
    runtime::ServiceCall call{*question.routes->upstreams[question.route->upstream]->calls,
                              runtime::OperationClass::read};
    const net::http::Origin origin = call.begin()->endpoint.origin;
    const std::string& service = Proxy::service_of(*question.routes, *question.route);
    net::http::ClientRequest request{.origin = origin, .target = question.path};
    if (!question.query.empty()) {
        request.target += "?" + question.query;
    }
    if (question.route->trust == UpstreamTrust::platform) {
        runtime::add_caller(request.headers, question.caller, parts_.proxy.key_for(service));
    } else if (!question.identity.empty()) {
        request.headers.append(std::string{identity_field}, question.identity);
    }
    std::exception_ptr error;
    try {
        auto answer = co_await parts_.proxy.client_for(origin, service)
                          .request(std::move(request), question.caller.deadline);
        call.end(runtime::outcome_of(answer.status));
        co_return answer;
    } catch (const Failure&) {
        error = std::current_exception();
    }
    call.end(runtime::CallOutcome::failure);
    std::rethrow_exception(error);
}

}  // namespace loquat::gateway
