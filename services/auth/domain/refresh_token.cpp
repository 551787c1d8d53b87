#include "services/auth/domain/refresh_token.hpp"

#include "base/bytes.hpp"
#include "net/jose/digest.hpp"

namespace loquat::auth {
namespace {

constexpr std::size_t id_bytes = 16;
constexpr std::size_t family_bytes = 16;
constexpr std::size_t secret_bytes = 32;

std::string make_random(std::size_t count) {
    std::string out(count, '\0');
    random_bytes(reinterpret_cast<std::uint8_t*>(out.data()), count);
    return out;
}

}  // namespace

RefreshToken RefreshToken::make(SessionId session) {
    return {session, make_random(family_bytes), make_random(secret_bytes)};
}

std::optional<RefreshToken> RefreshToken::parse(std::string_view text) {
    const auto bytes = from_base64url(text);
    if (!bytes || bytes->size() != id_bytes + family_bytes + secret_bytes) {
        return std::nullopt;
    }
    return RefreshToken{SessionId::from_bytes(std::string_view{*bytes}.substr(0, id_bytes)),
                        bytes->substr(id_bytes, family_bytes),
                        bytes->substr(id_bytes + family_bytes)};
}

std::string RefreshToken::to_text() const {
    return to_base64url(std::string{session.view()} + family + secret);
}

RefreshToken RefreshToken::successor(std::string_view nonce) const {
    return {session, family, net::jose::hmac_sha256(secret, nonce)};
}

std::string RefreshToken::family_hash() const { return net::jose::sha256(family); }
std::string RefreshToken::secret_hash() const { return net::jose::sha256(secret); }

std::string make_nonce() { return make_random(secret_bytes); }

}  // namespace loquat::auth
