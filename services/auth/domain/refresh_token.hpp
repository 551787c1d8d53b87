#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace loquat::auth {

// What keeps a session alive.  A text without meaning for its owner: the session's id, a family key
// that stays the same, and a secret of 256 bits that is used once.  The server stores only SHA-256
// of both; a known family key with a spent secret is how a stolen token shows itself, however old
// it is.
struct RefreshToken {
    SessionId session;
    std::string family;  // 16 bytes
    std::string secret;  // 32 bytes

    static RefreshToken make(SessionId session);
    static std::optional<RefreshToken> parse(std::string_view text);
    std::string to_text() const;

    // The token that replaces this one.  It follows from this secret and a random nonce, so that a
    // client that asks twice gets the same answer although the server never stored it; without this
    // token the nonce is worth nothing.
    RefreshToken successor(std::string_view nonce) const;

    std::string family_hash() const;
    std::string secret_hash() const;
};

// 32 random bytes.
std::string make_nonce();

}  // namespace loquat::auth
