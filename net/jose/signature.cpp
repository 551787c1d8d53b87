#include <openssl/err.h>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "net/jose/digest.hpp"
#include "net/jose/key_parts.hpp"
#include "net/jose/openssl.hpp"

// Signing and verifying: the only file that computes with a key.
namespace loquat::net::jose {
namespace {

constexpr int ecdsa_half_bytes = 32;

// Fetched once: OpenSSL 3 looks an algorithm up by name on every use otherwise.
const EVP_MD* sha256() {
    static EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return digest;
}

// EdDSA hashes by itself.
const EVP_MD* digest_for(Algorithm algorithm) {
    return algorithm == Algorithm::eddsa ? nullptr : sha256();
}

// RFC 7518 section 3.4: r and s, 32 bytes each; OpenSSL speaks DER.
std::string to_raw(std::string_view der) {
    const unsigned char* at = bytes_of(der);
    const OwnedSignature pair{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
    LOQUAT_CHECK(pair != nullptr, "OpenSSL reads what it wrote");
    std::string raw(2 * ecdsa_half_bytes, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes_of(raw), ecdsa_half_bytes);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes_of(raw) + ecdsa_half_bytes, ecdsa_half_bytes);
    return raw;
}

// Empty when the size is not that of a P-256 signature.
std::string to_der(std::string_view raw) {
    if (raw.size() != 2 * ecdsa_half_bytes) {
        return {};
    }
    const OwnedSignature pair{ECDSA_SIG_new()};
    ECDSA_SIG_set0(pair.get(), BN_bin2bn(bytes_of(raw), ecdsa_half_bytes, nullptr),
                   BN_bin2bn(bytes_of(raw) + ecdsa_half_bytes, ecdsa_half_bytes, nullptr));
    std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)), '\0');
    unsigned char* at = bytes_of(der);
    i2d_ECDSA_SIG(pair.get(), &at);
    return der;
}

}  // namespace

std::string Key::sign(std::string_view input) const {
    LOQUAT_CHECK(parts_->is_private, "only a private key signs");
    if (parts_->algorithm == Algorithm::hs256) {
        return hmac_sha256(parts_->secret, input);
    }
    EVP_PKEY* const key = parts_->key.get();
    const OwnedDigest context{EVP_MD_CTX_new()};
    std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
    std::size_t size = out.size();
    const bool good =
        EVP_DigestSignInit(context.get(), nullptr, digest_for(parts_->algorithm), nullptr, key) ==
            1 &&
        EVP_DigestSign(context.get(), bytes_of(out), &size, bytes_of(input), input.size()) == 1;
    LOQUAT_CHECK(good, "a private key can sign");
    out.resize(size);
    return parts_->algorithm == Algorithm::es256 ? to_raw(out) : out;
}

bool Key::verify(std::string_view input, std::string_view signature) const {
    if (parts_->algorithm == Algorithm::hs256) {
        return equal_in_constant_time(hmac_sha256(parts_->secret, input), signature);
    }
    std::string der;
    if (parts_->algorithm == Algorithm::es256) {
        der = to_der(signature);
        signature = der;
    }
    EVP_PKEY* const key = parts_->key.get();
    const OwnedDigest context{EVP_MD_CTX_new()};
    const bool good = EVP_DigestVerifyInit(context.get(), nullptr, digest_for(parts_->algorithm),
                                           nullptr, key) == 1 &&
                      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                       bytes_of(input), input.size()) == 1;
    if (!good) {
        ERR_clear_error();
    }
    return good;
}

}  // namespace loquat::net::jose
