#include "services/gateway/domain/cors.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace loquat::gateway {

Cors::Cors(const std::vector<std::string>& origins) {
    for (const std::string& origin : origins) {
        origins_.push_back(to_lower_ascii(origin));
    }
}

bool Cors::allows(std::string_view origin) const {
    return std::ranges::any_of(
        origins_, [origin](const std::string& one) { return equal_ignoring_case(one, origin); });
}

bool Cors::may_connect(std::string_view origin, std::string_view host) const {
    if (origin.empty() || allows(origin)) {
        return true;
    }
    const std::size_t slashes = origin.find("://");
    return slashes != std::string_view::npos &&
           equal_ignoring_case(origin.substr(slashes + 3), host);
}

void Cors::add_fields(net::http::HeadWriter& head, std::string_view origin) {
    head.forward("Access-Control-Allow-Origin", origin)
        .raw(
            "Vary: Origin\r\n"
            "Access-Control-Allow-Credentials: true\r\n"
            "Access-Control-Expose-Headers: X-Request-Id, RateLimit-Limit, RateLimit-Remaining, "
            "RateLimit-Reset, "
            "Retry-After, ETag, Location, Idempotent-Replayed\r\n");
}

void Cors::add_preflight_fields(net::http::HeadWriter& head, std::string_view methods) {
    head.forward("Access-Control-Allow-Methods", methods)
        .raw(
            "Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, "
            "If-Match, Last-Event-ID, "
            "X-Request-Id, traceparent, tracestate\r\n"
            "Access-Control-Max-Age: 600\r\n");
}

}  // namespace loquat::gateway
