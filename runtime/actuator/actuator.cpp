#include "runtime/actuator/actuator.hpp"

#include <algorithm>
#include <array>

#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "runtime/front/problem.hpp"

namespace loquat::runtime {
namespace {

constexpr std::string_view root = "/actuator";
constexpr std::array<std::string_view, 5> others{"/livez", "/readyz", "/internal/health",
                                                 "/internal/metrics", "/internal/drain"};
// Those that only an older or shorter path leads to.
constexpr std::array<std::string_view, 2> unlisted{"checks", "drain"};
constexpr std::size_t depth_max = 8;

Failure nothing_here() { return {Kind::not_found, "request.no_route", "There is nothing here."}; }

// `health/chat/log` as its parts; a bad escape is nothing that there is.
std::vector<std::string> parts_of(std::string_view path) {
    std::vector<std::string> parts;
    for (const std::string_view raw : split(path, '/')) {
        auto part = percent_decode(raw);
        if (!part || part->empty() || !is_utf8(*part) || parts.size() == depth_max) {
            throw nothing_here();
        }
        parts.push_back(std::move(*part));
    }
    return parts;
}

net::http::Response refuse_method(const ActuatorEndpoint& endpoint) {
    auto refused = problem_response(
        {Kind::not_allowed, "request.method_not_allowed", "This address has no such method."}, {});
    std::string allowed;
    for (const std::string& method : endpoint.methods) {
        allowed += (allowed.empty() ? "" : ", ") + method + (method == "GET" ? ", HEAD" : "");
    }
    refused.headers.set("Allow", allowed);
    return refused;
}

bool takes(const ActuatorEndpoint& endpoint, const std::string& method) {
    return std::ranges::find(endpoint.methods, method == "HEAD" ? "GET" : method) !=
           endpoint.methods.end();
}

}  // namespace

net::http::Response actuator_response(int status, const wire::Value& value) {
    net::http::Response response{.status = status, .body = wire::to_json(value)};
    response.headers.append("Content-Type", std::string{Actuator::media_type});
    response.headers.append("Cache-Control", "no-store");
    return response;
}

Actuator::Actuator(Parts parts) : parts_(std::move(parts)) {
    add_health();
    add_info();
    add_metrics();
    add_loggers();
    add_settings();
}

void Actuator::add(ActuatorEndpoint endpoint) {
    std::erase_if(endpoints_, [&](const ActuatorEndpoint& one) { return one.id == endpoint.id; });
    endpoints_.push_back(std::move(endpoint));
}

bool Actuator::serves(std::string_view path) {
    return path == root || path.starts_with("/actuator/") ||
           std::ranges::find(others, path) != others.end();
}

Task<net::http::Response> Actuator::answer(ActuatorRequest request) const {
    net::http::Response response;
    std::exception_ptr error;
    try {
        response = co_await run(std::move(request));
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        if (aio::is_cancellation(error)) {
            std::rethrow_exception(error);
        }
        response = problem_response(to_failure(error), {});
    }
    co_return response;
}

Task<net::http::Response> Actuator::run(ActuatorRequest request) const {
    std::string_view path = request.path;
    if (path == "/livez" || path == "/readyz") {
        co_return probe(path);
    }
    if (path.starts_with("/internal/")) {
        path.remove_prefix(std::string_view{"/internal/"}.size());
        path = path == "health" ? "checks" : path == "metrics" ? "prometheus" : path;
    } else if (std::ranges::find(unlisted, path.substr(path.rfind('/') + 1)) != unlisted.end()) {
        throw nothing_here();
    } else {
        path.remove_prefix(std::min(root.size() + 1, path.size()));
    }
    if (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    if (path.empty()) {
        co_return links(request);
    }
    std::vector<std::string> rest = parts_of(path);
    const ActuatorEndpoint& endpoint = get_endpoint(request, rest.front());
    if (!takes(endpoint, request.method)) {
        co_return refuse_method(endpoint);
    }
    rest.erase(rest.begin());
    if (!rest.empty() && endpoint.selectors.empty()) {
        throw nothing_here();
    }
    ActuatorCall call{std::move(request), std::move(rest)};
    co_return co_await endpoint.run(std::move(call));
}

const ActuatorEndpoint& Actuator::get_endpoint(const ActuatorRequest& request,
                                               std::string_view id) const {
    const auto found = std::ranges::find(endpoints_, id, &ActuatorEndpoint::id);
    if (found == endpoints_.end() || (found->least == ActuatorAccess::operator_ &&
                                      request.access != ActuatorAccess::operator_)) {
        throw nothing_here();
    }
    return *found;
}

net::http::Response Actuator::links(const ActuatorRequest& request) const {
    const std::string here = request.base + std::string{root};
    wire::Object all;
    const auto add = [&](const std::string& name, const std::string& href, bool is_templated) {
        all.emplace_back(name, wire::Object{{"href", href}, {"templated", is_templated}});
    };
    add("self", here, false);
    for (const ActuatorEndpoint& endpoint : endpoints_) {
        const bool is_theirs =
            endpoint.least == ActuatorAccess::anyone || request.access == ActuatorAccess::operator_;
        if (!is_theirs || std::ranges::find(unlisted, endpoint.id) != unlisted.end()) {
            continue;
        }
        const std::string href = here + "/" + endpoint.id;
        add(endpoint.id, href, false);
        for (const std::string& selector : endpoint.selectors) {
            std::string plain = selector;
            std::erase(plain, '*');
            add(endpoint.id + "-" + plain, href + "/{" + selector + "}", true);
        }
    }
    return actuator_response(200, wire::Object{{"_links", std::move(all)}});
}

}  // namespace loquat::runtime
