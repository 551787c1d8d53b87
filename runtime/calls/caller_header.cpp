#include "runtime/calls/caller_header.hpp"

#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "wire/codec.hpp"

namespace loquat::runtime {
namespace {

// The members of a Caller that travel, with the names that the header's JSON uses.
struct CallerText {
    std::optional<UserId> user;
    SessionId session;
    contracts::Role role = contracts::Role::user;
    std::string username;
    std::string address;
    std::string user_agent;
    std::string origin;
    std::string host;
    std::string refresh_cookie;
    bool is_secure = false;
    std::string idempotency_key;
    std::string if_match;

    static constexpr std::array<std::string_view, 1> defaulted{"if_match"};
};
BOOST_DESCRIBE_STRUCT(CallerText, (),
                      (user, session, role, username, address, user_agent, origin, host,
                       refresh_cookie, is_secure, idempotency_key, if_match))

}  // namespace

std::string_view trace_id_of(std::string_view trace_parent) {
    constexpr std::size_t begin = 3;
    constexpr std::size_t size = 32;
    return trace_parent.size() > begin + size ? trace_parent.substr(begin, size)
                                              : std::string_view{};
}

std::string encode_caller(const contracts::Caller& caller) {
    const CallerText text{caller.user,
                          caller.session,
                          caller.role,
                          caller.username,
                          caller.address,
                          caller.user_agent,
                          caller.origin,
                          caller.host,
                          caller.refresh_cookie,
                          caller.is_secure,
                          caller.idempotency_key,
                          caller.if_match};
    return to_base64url(wire::encode(text));
}

contracts::Caller decode_caller(std::string_view text) {
    const auto json = from_base64url(text);
    if (!json) {
        throw Failure{Kind::malformed, "request.bad_caller", "The caller field cannot be read."};
    }
    auto read = wire::from_json<CallerText>(*json);
    contracts::Caller caller;
    caller.user = read.user;
    caller.session = read.session;
    caller.role = read.role;
    caller.username = std::move(read.username);
    caller.address = std::move(read.address);
    caller.user_agent = std::move(read.user_agent);
    caller.origin = std::move(read.origin);
    caller.host = std::move(read.host);
    caller.refresh_cookie = std::move(read.refresh_cookie);
    caller.is_secure = read.is_secure;
    caller.idempotency_key = std::move(read.idempotency_key);
    caller.if_match = std::move(read.if_match);
    return caller;
}

void add_caller(net::http::Headers& headers, const contracts::Caller& caller,
                std::string_view internal_key) {
    if (!internal_key.empty()) {
        headers.append(std::string{internal_key_field}, std::string{internal_key});
    }
    headers.append(std::string{caller_field}, encode_caller(caller));
    if (!caller.request_id.empty()) {
        headers.append("X-Request-Id", caller.request_id);
    }
    if (!caller.trace_parent.empty()) {
        headers.append("traceparent", caller.trace_parent);
    }
    if (caller.deadline != Steady::max()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            caller.deadline - std::chrono::steady_clock::now());
        headers.append(std::string{deadline_field},
                       std::to_string(std::max<std::int64_t>(left.count(), 1)));
    }
}

}  // namespace loquat::runtime
