#include "services/gateway/fields.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace loquat::gateway {
namespace {

using net::http::equal_names;

bool has_prefix(std::string_view name, std::string_view prefix) {
    return name.size() > prefix.size() && equal_names(name.substr(0, prefix.size()), prefix);
}

template <std::size_t count>
bool is_one_of(std::string_view name, const std::array<std::string_view, count>& names) {
    return std::ranges::any_of(names, [name](std::string_view one) {
        return one.size() == name.size() && equal_names(one, name);
    });
}

// The fields of a hop, wherever they stand.
bool is_of_this_hop(std::string_view name) {
    switch (name.size()) {
        case 2:
            return equal_names(name, "te");
        case 7:
            return equal_names(name, "upgrade") || equal_names(name, "trailer");
        case 10:
            return equal_names(name, "connection") || equal_names(name, "keep-alive");
        case 16:
            return equal_names(name, "proxy-connection");
        case 17:
            return equal_names(name, "transfer-encoding");
        case 18:
            return equal_names(name, "proxy-authenticate");
        case 19:
            return equal_names(name, "proxy-authorization");
        default:
            return false;
    }
}

// What only the gateway says to an upstream.
bool is_ours(std::string_view name) {
    static constexpr std::array<std::string_view, 9> names{
        "host",      "content-length", "expect",     "forwarded",         "x-request-id",
        "x-real-ip", "traceparent",    "tracestate", "x-internal-api-key"};
    return is_one_of(name, names) || has_prefix(name, "x-forwarded-") ||
           has_prefix(name, "x-loquat-");
}

// Empty for the words that everybody sends.
std::string_view unusual(std::string_view connection) {
    static constexpr std::array<std::string_view, 4> usual{"", "keep-alive", "close", "upgrade"};
    return is_one_of(connection, usual) ? std::string_view{} : connection;
}

// Connection in all its occurrences is rare; then each name is looked up in all of them.
bool is_named(std::string_view named, std::string_view name) {
    return !named.empty() && net::http::has_token(named, name);
}

}  // namespace

RequestFieldFilter::RequestFieldFilter(const net::http::RequestHead& head)
    : named_(unusual(head.headers.get("Connection"))) {}

bool RequestFieldFilter::lets_through(std::string_view name) const {
    return !is_of_this_hop(name) && !is_ours(name) && name.find('_') == std::string_view::npos &&
           !is_named(named_, name);
}

AnswerFieldFilter::AnswerFieldFilter(const net::http::ResponseHead& head)
    : named_(unusual(head.headers.get("Connection"))) {}

bool AnswerFieldFilter::lets_through(std::string_view name, AnswerFields& seen) const {
    if (is_of_this_hop(name) || is_named(named_, name)) {
        return false;
    }
    switch (name.size()) {
        case 4:
            seen.has_date = seen.has_date || equal_names(name, "date");
            return true;
        case 12:
            return !equal_names(name, "x-request-id");
        case 14:
            return !equal_names(name, "content-length");
        case 15:
            seen.has_referrer_policy =
                seen.has_referrer_policy || equal_names(name, "referrer-policy");
            return true;
        case 18:
            seen.has_permissions_policy =
                seen.has_permissions_policy || equal_names(name, "permissions-policy");
            return true;
        case 22:
            seen.has_nosniff = seen.has_nosniff || equal_names(name, "x-content-type-options");
            return true;
        default:
            return true;
    }
}

}  // namespace loquat::gateway
