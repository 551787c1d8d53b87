#include <algorithm>

#include "runtime/calls/call_gate.hpp"
#include "runtime/calls/caller_header.hpp"
#include "runtime/tls/platform_tls.hpp"
#include "services/gateway/domain/credentials.hpp"
#include "services/gateway/domain/fields.hpp"
#include "services/gateway/domain/max_forwards.hpp"
#include "services/gateway/edge/caller_of.hpp"
#include "services/gateway/proxy/proxy.hpp"
#include "services/gateway/routes/filter_rules.hpp"

// The head of a request on its way to an upstream.
namespace loquat::gateway {
namespace {

// All values of a field, joined; empty when it is absent.
void append_all(std::string& out, const net::http::HeaderViews& headers, std::string_view name) {
    for (const net::http::HeaderView& field : headers) {
        if (net::http::equal_names(field.name, name)) {
            out.append(field.value).append(", ");
        }
    }
}

// What stands between the quotes of a quoted string.
void append_quoted(std::string& out, std::string_view text) {
    const bool is_plain = !text.contains('"') && !text.contains('\\');
    if (is_plain) {
        out.append(text);
        return;
    }
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
        }
        out.push_back(c);
    }
}

// Services of ours take the gateway's word: what they keep for one another stays out of reach,
// whatever a route says.
void check_service_path(const Route& route, std::string_view target) {
    if (route.trust == UpstreamTrust::platform && target.starts_with("/internal/")) {
        throw Failure{Kind::not_found, "request.no_route", "There is nothing at this address."};
    }
}

// The person's credential is for Loquat alone, unless the route's setting says otherwise.
bool withholds(const Route& route) {
    return route.trust == UpstreamTrust::outside && route.credentials == CredentialRule::withhold;
}

bool is_authorization(std::string_view name) {
    return name.size() == 13 && net::http::equal_names(name, "authorization");
}

bool is_cookie(std::string_view name) {
    return name.size() == 6 && net::http::equal_names(name, "cookie");
}

bool is_one_of(const std::array<std::string, 4>& names, std::string_view name) {
    return std::ranges::any_of(
        names, [name](const std::string& one) { return net::http::equal_names(one, name); });
}

// In one line: texts of others may have several.
std::string plain_value(std::string text) {
    std::ranges::replace_if(text, [](char c) { return !is_field_value({&c, 1}); }, ' ');
    return text;
}

// By which a client asks only for what it has not.
bool is_condition(std::string_view name) {
    return net::http::equal_names(name, "if-none-match") ||
           net::http::equal_names(name, "if-modified-since");
}

}  // namespace

// Path and query as the upstream gets them.
std::string_view Proxy::target_of(const Request& request) {
    const net::http::RequestHead& head = request.head;
    const Route& route = *request.route;
    const bool is_cut = withholds(route) && has_token_parameter(head.query);
    const bool is_as_it_came = !route.rewrite.is_set() && !is_cut &&
                               !route.filters.changes_target() &&
                               request.path.data() == head.target.data();
    if (is_as_it_came) {
        return head.target;
    }
    // Byte for byte: also escapes that mean the same, where the route says so.
    const bool is_kept = route.encoded_slashes == PathRule::pass;
    const std::string_view path = is_kept ? head.path : request.path;
    target_ =
        route.rewrite.is_set() ? route.rewrite.apply(path, request.parameters) : std::string{path};
    if (route.filters.changes_target()) {
        target_ = route.filters.path_of(target_, request.parameters);
    }
    check_service_path(route, target_);
    const std::string cut = is_cut ? without_token_parameters(head.query) : std::string{};
    std::string_view query = is_cut ? std::string_view{cut} : head.query;
    std::string changed;
    if (route.filters.changes_target()) {
        changed = route.filters.query_of(query);
        query = changed;
    }
    if (!query.empty()) {
        target_.append("?").append(query);
    }
    return target_;
}

net::http::HeadWriter Proxy::write_head(const Request& request, const runtime::Endpoint& to,
                                        Steady deadline, net::http::ClientCall& call) {
    const net::http::RequestHead& head = request.head;
    const Route& route = *request.route;
    net::http::HeadWriter out = call.start(head.method, target_of(request));
    out.forward("Host", route.filters.keeps_host ? std::string_view{head.host}
                        : route.filters.host     ? std::string_view{*route.filters.host}
                                                 : to.authority);
    write_fields(request, out);
    if (request.fetch != nullptr) {
        request.fetch->note_asked();
        write_conditions(*request.fetch, out);
    }
    write_steps(request, out);
    out.raw(head.is_http2 ? via_http2_line : via_line(head.minor));
    out.forward("X-Request-Id", request.id()).forward("traceparent", request.trace.view());
    write_forwarding(request, out);
    if (request.is_websocket) {
        out.raw("Connection: Upgrade\r\nUpgrade: websocket\r\n");
    }
    if (route.trust == UpstreamTrust::platform) {
        write_caller(request, deadline, out);
    } else if (request.identity) {
        write_identity(request, out);
    }
    return out;
}

// What goes on of the client's fields.
void Proxy::write_fields(const Request& request, net::http::HeadWriter& out) {
    const net::http::RequestHead& head = request.head;
    const auto& told = request.route->filters.fallback_fields;
    const bool withheld = withholds(*request.route);
    const bool has_conditions = request.fetch != nullptr && request.fetch->takes_conditions();
    const auto hops_left = max_forwards(head);
    const RequestFieldFilter filter{
        head, request.client.is_forwarded ? Sender::trusted_proxy : Sender::stranger};
    for (const net::http::HeaderView& field : head.headers) {
        const bool goes_on =
            !Filters::replaces(request.route->filters.request_fields(), field.name) &&
            (filter.lets_through(field.name) ||
             (request.continues_trace && net::http::equal_names(field.name, "tracestate")));
        if (!goes_on || (has_conditions && is_condition(field.name)) ||
            (told && is_one_of(told->names, field.name))) {
            continue;
        }
        if (withheld && is_authorization(field.name) && is_bearer(field.value)) {
            continue;
        }
        if (withheld && is_cookie(field.name) && has_own_cookie(field.value)) {
            if (const std::string rest = without_own_cookies(field.value); !rest.empty()) {
                out.forward(field.name, rest);
            }
            continue;
        }
        if (hops_left && net::http::equal_names(field.name, max_forwards_field)) {
            out.forward(field.name, std::to_string(*hops_left - 1));
            continue;
        }
        out.forward(field.name, field.value);
    }
}

// What is kept has not to be sent again.
void Proxy::write_conditions(const Fetch& fetch, net::http::HeadWriter& out) {
    const StoredAnswer* kept = fetch.takes_conditions() ? fetch.stored().get() : nullptr;
    if (kept != nullptr && !kept->etag.empty()) {
        out.forward("If-None-Match", kept->etag);
    }
    if (kept != nullptr && !kept->last_modified.empty()) {
        out.forward("If-Modified-Since", kept->last_modified);
    }
}

// What the route's filters add.
void Proxy::write_steps(const Request& request, net::http::HeadWriter& out) {
    const net::http::HeaderViews& headers = request.head.headers;
    for (const FieldStep& step : request.route->filters.request_fields()) {
        switch (step.kind) {
            case FieldStep::Kind::add_if_absent:
                if (headers.contains(step.name)) {
                    break;
                }
                [[fallthrough]];
            case FieldStep::Kind::add:
            case FieldStep::Kind::set:
                out.add(step.name, fill_in(step.value, request.parameters));
                break;
            case FieldStep::Kind::copy:
                if (headers.contains(step.name) && !headers.contains(step.value)) {
                    out.forward(step.value, headers.get(step.name));
                }
                break;
            case FieldStep::Kind::remove:
                break;
        }
    }
    if (const auto& told = request.route->filters.fallback_fields; told && request.stands_in_for) {
        const Failure& why = *request.stands_in_for;
        out.add(told->names[0], why.code).add(told->names[1], plain_value(why.message));
        if (!why.detail.empty()) {
            out.add(told->names[2], why.code).add(told->names[3], plain_value(why.detail));
        }
    }
}

// Who asks, to servers that are not ours: in words, and in a token that they can check.
void Proxy::write_identity(const Request& request, net::http::HeadWriter& out) {
    const runtime::Tokens::Identity& who = *request.identity;
    out.forward(user_field, who.user.to_string())
        .forward(role_field, role_name(who.role))
        .forward(identity_field, settings_.identities.token_for(who, request.route->audience));
}

// X-Forwarded-* and Forwarded (RFC 7239).  What came in is kept only from a trusted proxy.
void Proxy::write_forwarding(const Request& request, net::http::HeadWriter& out) {
    const net::http::HeaderViews& headers = request.head.headers;
    const net::Address& peer = request.exchange.peer().address;
    const std::string_view peer_text = text_of(peer);
    const std::string_view proto = request.client.is_secure ? "https" : "http";
    std::string_view host = request.head.host;
    if (request.client.is_forwarded && headers.contains("X-Forwarded-Host")) {
        host = headers.get("X-Forwarded-Host");
    }
    line_ = "X-Forwarded-For: ";
    if (request.client.is_forwarded) {
        append_all(line_, headers, "X-Forwarded-For");
    }
    line_.append(peer_text).append("\r\nX-Forwarded-Proto: ").append(proto);
    line_.append("\r\nX-Forwarded-Host: ").append(host);
    line_.append("\r\nForwarded: ");
    if (request.client.is_forwarded) {
        append_all(line_, headers, "Forwarded");
    }
    const bool is_v4 = peer.is_v4();
    line_.append(is_v4 ? "for=" : "for=\"[").append(peer_text).append(is_v4 ? "" : "]\"");
    line_.append(";proto=").append(proto).append(";host=\"");
    append_quoted(line_, host);
    line_.append("\"\r\n");
    out.raw(line_);
}

const std::string& Proxy::service_of(const LoopRoutes& routes, const Route& route) {
    static const std::string nobody;
    return route.trust == UpstreamTrust::platform
               ? routes.table->upstreams()[route.upstream].service
               : nobody;
}

const std::string& Proxy::key_for(const std::string& service) {
    auto known = call_keys_.find(service);
    if (known == call_keys_.end()) {
        const bool is_mutual = settings_.tls != nullptr && settings_.tls->is_mutual();
        std::string key = is_mutual
                              ? std::string{}
                              : runtime::make_call_key(settings_.internal_key, "gateway", service);
        known = call_keys_.emplace(service, std::move(key)).first;
    }
    return known->second;
}

void Proxy::write_caller(const Request& request, Steady deadline, net::http::HeadWriter& out) {
    const std::string& key = key_for(service_of(*request.routes, *request.route));
    if (!key.empty()) {
        out.forward(runtime::internal_key_field, key);
    }
    out.forward(runtime::caller_field, runtime::encode_caller(caller_of(request, deadline)));
    if (deadline != Steady::max()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        out.forward(runtime::deadline_field,
                    std::to_string(std::max<std::int64_t>(left.count(), 1)));
    }
}

std::string_view Proxy::text_of(const net::Address& address) {
    if (last_address_text_.empty() || last_address_ != address) {
        last_address_ = address;
        last_address_text_ = address.to_string();
    }
    return last_address_text_;
}

}  // namespace loquat::gateway
