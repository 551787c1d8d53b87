#include "services/gateway/caller_of.hpp"

#include "base/text.hpp"
#include "contracts/auth.hpp"

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
    const std::string_view value = head.headers.get(name).substr(0, bytes_max);
    return is_utf8(value) ? value : std::string_view{};
}

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
    caller.origin = short_field(head, "Origin");
    caller.host = head.host;
    caller.refresh_cookie = find_cookie(head.headers.get("Cookie"), contracts::refresh_cookie_name);
    caller.is_secure = request.client.is_secure;
    caller.request_id = request.id();
    caller.trace_parent = request.trace.view();
    caller.idempotency_key = short_field(head, "Idempotency-Key");
    caller.deadline = deadline;
    return caller;
}

}  // namespace loquat::gateway
