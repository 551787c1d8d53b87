#include "net/jose/digest.hpp"

#include <array>

#include "base/check.hpp"
#include "net/jose/openssl.hpp"

namespace loquat::net::jose {
namespace {

constexpr std::size_t digest_bytes = 32;

}  // namespace

std::string sha256(std::string_view text) {
    std::string out(digest_bytes, '\0');
    const int good =
        EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), bytes_of(out), nullptr);
    LOQUAT_CHECK(good == 1, "OpenSSL can compute SHA-256");
    return out;
}

std::string hmac_sha256(std::string_view secret, std::string_view text) {
    // Fetched once: OpenSSL 3 looks an algorithm up by name on every use otherwise.
    static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    const Owned<EVP_MAC_CTX, EVP_MAC_CTX_free> context{EVP_MAC_CTX_new(algorithm)};
    char name[] = "SHA256";
    const std::array params{OSSL_PARAM_construct_utf8_string("digest", name, 0),
                            OSSL_PARAM_construct_end()};
    std::string out(digest_bytes, '\0');
    std::size_t size = 0;
    const bool good =
        EVP_MAC_init(context.get(), bytes_of(secret), secret.size(), params.data()) == 1 &&
        EVP_MAC_update(context.get(), bytes_of(text), text.size()) == 1 &&
        EVP_MAC_final(context.get(), bytes_of(out), &size, out.size()) == 1;
    LOQUAT_CHECK(good && size == digest_bytes, "OpenSSL can compute an HMAC");
    return out;
}

struct Sha256::State {
    OwnedDigest context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    const int good = EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr);
    LOQUAT_CHECK(good == 1, "OpenSSL can compute SHA-256");
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view text) {
    const int good = EVP_DigestUpdate(state_->context.get(), text.data(), text.size());
    LOQUAT_CHECK(good == 1, "OpenSSL can compute SHA-256");
}

std::string Sha256::finish() {
    std::string out(digest_bytes, '\0');
    const int good = EVP_DigestFinal_ex(state_->context.get(), bytes_of(out), nullptr);
    LOQUAT_CHECK(good == 1, "OpenSSL can compute SHA-256");
    return out;
}

}  // namespace loquat::net::jose
