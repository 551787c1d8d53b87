#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "wire/describe.hpp"

namespace loquat::contracts {

// A guest has a token but no account: it is let in only where a row says so.
enum class Role { user, admin, guest };
BOOST_DESCRIBE_ENUM(Role, user, admin, guest)

// Who asks, from where, and until when the answer is wanted.  Made by the pipeline, passed by
// value.
struct Caller {
    std::optional<UserId> user;  // absent: nobody signed in; of a guest an id that no account has
    SessionId session;
    Role role = Role::user;
    std::string username;
    std::string address;  // the client's, without port
    std::string user_agent;
    std::string origin;          // the Origin header, empty when absent
    std::string host;            // the Host header
    std::string refresh_cookie;  // the value of the refresh cookie, empty when absent
    bool is_secure = false;      // the client's connection is TLS
    std::string request_id;
    std::string trace_parent;     // W3C traceparent of this hop
    std::string idempotency_key;  // whole, as check_idempotency_key wants it; empty when absent
    std::string if_match;         // the If-Match field as it came, empty when absent
    Steady deadline = Steady::max();

    // The signed-in person; throws `auth.required` (unauthenticated) when there is none, and
    // `auth.not_for_guests` (forbidden) for a guest.
    UserId user_id() const;
    // The same, and guests.
    UserId shopper_id() const;
    // Throws `auth.admin_only` (forbidden) for anyone but an administrator.
    void require_admin() const;
};

// Holds the refresh token of browsers: set by auth, read by the gateway into
// Caller::refresh_cookie.
inline constexpr std::string_view refresh_cookie_name = "loquat_refresh";

// What a client names a request by, so that the same one sent again is done once.
inline constexpr std::string_view idempotency_key_field = "Idempotency-Key";
inline constexpr std::size_t idempotency_key_bytes_max = 255;

// 1 to idempotency_key_bytes_max bytes of UTF-8 without control characters; anything else is 422
// `request.invalid` about the field.  A key is never cut: two that differ anywhere are two.
void check_idempotency_key(std::string_view key);

}  // namespace loquat::contracts
