#pragma once
#include <string>
#include <string_view>

#include "base/failure.hpp"

namespace loquat::net::jose {

// Why a token was refused.  Which one it was goes to the log and the metrics; the client learns
// only whether it is worth refreshing.
enum class TokenError {
    too_large,
    malformed,    // not three parts of canonical base64url, or not the JSON that a JWT consists of
    unsupported,  // a header member that would change how to verify: crit, jwk, jku, x5u, x5c, b64,
                  // zip
    unknown_key,  // no key of that kid; worth one look at the issuer's key set
    bad_signature,  // also when `alg` is not that of the key
    wrong_type,     // `typ` is not that of an access token
    wrong_issuer,
    wrong_audience,
    expired,
    not_yet_valid,
    revoked,
};

constexpr std::string_view to_text(TokenError error) {
    switch (error) {
        case TokenError::too_large:
            return "too_large";
        case TokenError::malformed:
            return "malformed";
        case TokenError::unsupported:
            return "unsupported";
        case TokenError::unknown_key:
            return "unknown_key";
        case TokenError::bad_signature:
            return "bad_signature";
        case TokenError::wrong_type:
            return "wrong_type";
        case TokenError::wrong_issuer:
            return "wrong_issuer";
        case TokenError::wrong_audience:
            return "wrong_audience";
        case TokenError::expired:
            return "expired";
        case TokenError::not_yet_valid:
            return "not_yet_valid";
        case TokenError::revoked:
            return "revoked";
    }
    return {};
}

// 401: `auth.token_expired`, `auth.token_revoked`, and `auth.invalid_token` for all else.
inline Failure to_failure(TokenError error) {
    if (error == TokenError::expired) {
        return {Kind::unauthenticated, "auth.token_expired", "The access token has expired."};
    }
    if (error == TokenError::revoked) {
        return {Kind::unauthenticated, "auth.token_revoked",
                "The session of this token has ended."};
    }
    return {Kind::unauthenticated, "auth.invalid_token", "The access token is not valid.",
            std::string{to_text(error)}};
}

}  // namespace loquat::net::jose
