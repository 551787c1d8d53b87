#pragma once
#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "net/jose/token_error.hpp"

namespace loquat::net::jose {

// What a token says (RFC 7519 section 4.1, and `sid`, `name`, `role` of our own issuer).  Texts
// that the token does not have are empty.
struct Claims {
    std::string subject;
    std::string session;
    std::string name;
    std::string role;
    std::string issuer;
    std::vector<std::string> audience;
    Time expires_at{};
    // Seconds in the token; to the millisecond where `jti` is a UUIDv7 of that second.
    Time issued_at{};
    std::string id;
    std::string kid;
};

struct ClaimRules {
    std::string issuer;    // empty: any
    std::string audience;  // empty: any
    // How far the clocks of issuer and verifier may differ, for `nbf` and `iat`.
    std::chrono::seconds skew{60};
    std::chrono::seconds expiry_skew{0};
};

// A new `jti` that holds the millisecond of issue.
std::string make_token_id(Time issued_at);

// The payload of our own access tokens.
std::string to_payload(const Claims& claims);

// Reads and checks a payload.  `exp` and `sub` are required; times are NumericDates up to the year
// 9999.
std::expected<Claims, TokenError> read_claims(std::string_view payload, const ClaimRules& rules,
                                              Time now);

// Also for a token that was right before.
bool is_expired(const Claims& claims, const ClaimRules& rules, Time now);

}  // namespace loquat::net::jose
