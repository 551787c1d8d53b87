#include "services/gateway/edge/caller_of.hpp"

#include <utility>

#include "base/cut.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "contracts/core/caller.hpp"

namespace loquat::gateway {

std::string_view find_cookie(std::string_view cookie_field, std::string_view name) {
    while (!cookie_field.empty()) {
        const std::size_t end = std::min(cookie_field.find(';'), cookie_field.size());
        const std::string_view pair = trim(cookie_field.substr(0, end));
        cookie_field.remove_prefix(std::min(end + 1, cookie_field.size()));
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            return pair.substr(name.size() + 1);
        }
    }
    return {};
}

std::string_view short_field(const net::http::RequestHead& head, std::string_view name) {
    constexpr std::size_t bytes_max = 200;
    const std::string_view value = cut_text(head.headers.get(name), bytes_max);
    return is_utf8(value) ? value : std::string_view{};
}

namespace {

// Whole, since it is compared.  What cannot be one is no origin that anybody allows, and not none.
std::string_view origin_of(const net::http::RequestHead& head) {
    const std::string_view origin = head.headers.get("Origin");
    return is_utf8(origin) ? origin : std::string_view{"null"};
}

// A fault in the key is told, not mended: a client relies on what it wrote.
std::string idempotency_key_of(const net::http::RequestHead& head) {
    std::string key;
    bool is_given = false;
    for (const net::http::HeaderView& header : head.headers) {
        if (!net::http::equal_names(header.name, contracts::idempotency_key_field)) {
            continue;
        }
        if (std::exchange(is_given, true)) {
            throw invalid_field(std::string{contracts::idempotency_key_field}, "repeated",
                                "must be given once");
        }
        contracts::check_idempotency_key(header.value);
        key = header.value;
    }
    return key;
}

}  // namespace

contracts::Caller caller_of(const Request& request, Steady deadline) {
    const net::http::RequestHead& head = request.head;
    contracts::Caller caller;
    if (request.identity) {
        caller.user = request.identity->user;
        caller.session = request.identity->session;
        caller.role = request.identity->role;
        caller.username = request.identity->username;
    }
    caller.address = request.client.address.to_string();
    caller.user_agent = short_field(head, "User-Agent");
    caller.origin = origin_of(head);
    caller.host = head.host;
    caller.refresh_cookie = find_cookie(head.headers.get("Cookie"), contracts::refresh_cookie_name);
    caller.is_secure = request.client.is_secure;
    caller.request_id = request.id();
    caller.trace_parent = request.trace.view();
    caller.idempotency_key = idempotency_key_of(head);
    caller.if_match = short_field(head, "If-Match");
    caller.deadline = deadline;
    return caller;
}

}  // namespace loquat::gateway
