#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "net/jose/jwk.hpp"
#include "net/jose/token_error.hpp"

namespace loquat::net::jose {

inline constexpr std::size_t token_bytes_max = 8 * 1024;

// A JWS whose signature was right.  `key` points into the key set.
struct Jws {
    std::string payload;
    std::string type;  // `typ`, empty when absent
    const Key* key;
};

// The compact form (RFC 7515 section 3.1) with `alg`, `kid` and `typ` in its header.
std::string sign_compact(std::string_view payload, const Key& key, std::string_view type = "JWT");

// RFC 7515 section 5.2 and RFC 8725: the key is chosen by `kid` alone (without one, only where the
// set has a single key), its algorithm decides, and each text has exactly one spelling that is
// accepted.
std::expected<Jws, TokenError> verify_compact(std::string_view token, const KeySet& keys);

}  // namespace loquat::net::jose
