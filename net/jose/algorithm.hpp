#pragma once
#include <optional>
#include <string_view>

namespace loquat::net::jose {

// The JWS algorithms that are accepted at all (RFC 7518 section 3.1, RFC 8037).  A key has exactly
// one; the `alg` of a token is only ever compared with that of its key.
enum class Algorithm { rs256, es256, eddsa, hs256 };

constexpr std::string_view to_text(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::rs256:
            return "RS256";
        case Algorithm::es256:
            return "ES256";
        case Algorithm::eddsa:
            return "EdDSA";
        case Algorithm::hs256:
            return "HS256";
    }
    return {};
}

// Case matters (RFC 7515 section 4.1.1).
constexpr std::optional<Algorithm> parse_algorithm(std::string_view text) {
    for (auto algorithm :
         {Algorithm::rs256, Algorithm::es256, Algorithm::eddsa, Algorithm::hs256}) {
        if (to_text(algorithm) == text) {
            return algorithm;
        }
    }
    return std::nullopt;
}

}  // namespace loquat::net::jose
