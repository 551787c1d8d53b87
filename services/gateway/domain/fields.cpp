#include "services/gateway/domain/fields.hpp"

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
        case 5:
            return equal_names(name, "proxy");  // scripts read it as a setting (httpoxy)
        case 7:
            return equal_names(name, "upgrade") || equal_names(name, "trailer");
        case 10:
            return equal_names(name, "connection") || equal_names(name, "keep-alive");
        case 17:
            return equal_names(name, "transfer-encoding");
        default:
            // All but what tells of proxies on the way back (RFC 9209).
            return (has_prefix(name, "proxy-") && !equal_names(name, "proxy-status")) ||
                   equal_names(name, "http2-settings");
    }
}

// What only the gateway says to an upstream.
bool is_ours(std::string_view name) {
    static constexpr std::array<std::string_view, 11> names{"host",
                                                            "content-length",
                                                            "expect",
                                                            "forwarded",
                                                            "traceparent",
                                                            "tracestate",
                                                            "x-request-id",
                                                            "x-internal-api-key",
                                                            "x-forwarded-for",
                                                            "x-forwarded-proto",
                                                            "x-forwarded-host"};
    return is_one_of(name, names) || has_prefix(name, "x-loquat-");
}

// What servers believe of a proxy: who the client is, how it came, and which address it asked for.
bool is_word_of_a_proxy(std::string_view name) {
    static constexpr std::array<std::string_view, 14> families{
        "x-forwarded-", "x-original-",  "x-originating-", "x-envoy-", "x-auth-request-",
        "x-webauth-",   "x-appengine-", "x-azure-",       "x-arr-",   "x-ssl-",
        "ssl-client-",  "client-cert-", "wl-proxy-",      "cf-",
    };
    static constexpr std::array<std::string_view, 25> names{"x-forwarded",
                                                            "forwarded-for",
                                                            "x-real-ip",
                                                            "x-client-ip",
                                                            "x-cluster-client-ip",
                                                            "x-remote-ip",
                                                            "x-remote-addr",
                                                            "x-remote-user",
                                                            "remote-user",
                                                            "remote-addr",
                                                            "client-ip",
                                                            "client-cert",
                                                            "x-client-cert",
                                                            "true-client-ip",
                                                            "fastly-client-ip",
                                                            "x-proxyuser-ip",
                                                            "x-rewrite-url",
                                                            "x-host",
                                                            "x-http-host-override",
                                                            "x-scheme",
                                                            "x-url-scheme",
                                                            "front-end-https",
                                                            "x-sendfile-type",
                                                            "x-accel-mapping",
                                                            "x-accel-redirect"};
    return is_one_of(name, names) || std::ranges::any_of(families, [name](std::string_view one) {
               return has_prefix(name, one);
           });
}

bool is_essential(std::string_view name) {
    static constexpr std::array<std::string_view, 17> names{"host",
                                                            "content-length",
                                                            "content-type",
                                                            "content-encoding",
                                                            "authorization",
                                                            "cookie",
                                                            "set-cookie",
                                                            "cache-control",
                                                            "date",
                                                            "origin",
                                                            "range",
                                                            "content-range",
                                                            "location",
                                                            "vary",
                                                            "www-authenticate",
                                                            "retry-after",
                                                            "content-security-policy"};
    return is_one_of(name, names);
}

// The words that everybody sends.
bool is_usual(std::string_view connection) {
    static constexpr std::array<std::string_view, 4> usual{"", "keep-alive", "close", "upgrade"};
    return is_one_of(connection, usual);
}

bool is_connection(std::string_view name) {
    return name.size() == 10 && equal_names(name, "connection");
}

}  // namespace

NamedFields::NamedFields(const net::http::HeaderViews& headers) {
    for (const net::http::HeaderView& field : headers) {
        if (is_connection(field.name) && !is_usual(field.value)) {
            headers_ = &headers;
        }
    }
}

// More than the usual words are rare; then each name is looked up in all lines.
bool NamedFields::has(std::string_view name) const {
    return headers_ != nullptr && !is_essential(name) &&
           std::ranges::any_of(*headers_, [name](const net::http::HeaderView& field) {
               return is_connection(field.name) && net::http::has_token(field.value, name);
           });
}

RequestFieldFilter::RequestFieldFilter(const net::http::RequestHead& head, Sender sender)
    : named_(head.headers), sender_(sender) {}

bool RequestFieldFilter::lets_through(std::string_view name) const {
    return !is_of_this_hop(name) && !is_ours(name) && name.find('_') == std::string_view::npos &&
           (sender_ == Sender::trusted_proxy || !is_word_of_a_proxy(name)) && !named_.has(name);
}

AnswerFieldFilter::AnswerFieldFilter(const net::http::ResponseHead& head) : named_(head.headers) {}

bool AnswerFieldFilter::lets_through(std::string_view name, AnswerFields& seen) const {
    if (is_of_this_hop(name) || named_.has(name)) {
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
