#include "net/jose/key.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/failure.hpp"
#include "base/ids.hpp"
#include "net/jose/digest.hpp"
#include "net/jose/key_parts.hpp"
#include "net/jose/openssl.hpp"

namespace loquat::net::jose {
namespace {

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;
constexpr std::size_t pem_bytes_max = 64 * 1024;
constexpr std::size_t secret_bytes_min = 32;
constexpr std::size_t field_bytes = 32;  // of P-256 and of Ed25519

[[noreturn]] void refuse(const char* why) {
    throw Failure{Kind::invalid, "jose.bad_key", why, take_openssl_error()};
}

std::string bytes_param(EVP_PKEY* key, const char* name, std::size_t bytes_max) {
    std::string out(bytes_max, '\0');
    std::size_t size = 0;
    const int good = EVP_PKEY_get_octet_string_param(key, name, bytes_of(out), out.size(), &size);
    LOQUAT_CHECK(good == 1, "a key of this kind has this member");
    out.resize(size);
    return out;
}

// Big-endian.  `width` 0 means without leading zeros.
std::string number_param(EVP_PKEY* key, const char* name, std::size_t width) {
    BIGNUM* raw = nullptr;
    const int good = EVP_PKEY_get_bn_param(key, name, &raw);
    const OwnedBn number{raw};
    LOQUAT_CHECK(good == 1, "a key of this kind has this member");
    const auto needed = static_cast<std::size_t>(BN_num_bytes(raw));
    std::string out(std::max(width, needed), '\0');
    BN_bn2binpad(raw, bytes_of(out), static_cast<int>(out.size()));
    return out;
}

std::string coordinate(EVP_PKEY* key, const char* name) {
    return to_base64url(number_param(key, name, field_bytes));
}

// RFC 7638 section 3.2: the required members in lexical order, without white space.
std::string thumbprint_json(Algorithm algorithm, EVP_PKEY* key, std::string_view secret) {
    switch (algorithm) {
        case Algorithm::rs256:
            return R"({"e":")" + to_base64url(number_param(key, OSSL_PKEY_PARAM_RSA_E, 0)) +
                   R"(","kty":"RSA","n":")" +
                   to_base64url(number_param(key, OSSL_PKEY_PARAM_RSA_N, 0)) + R"("})";
        case Algorithm::es256:
            return R"({"crv":"P-256","kty":"EC","x":")" +
                   coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X) + R"(","y":")" +
                   coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y) + R"("})";
        case Algorithm::eddsa:
            return R"({"crv":"Ed25519","kty":"OKP","x":")" +
                   to_base64url(bytes_param(key, OSSL_PKEY_PARAM_PUB_KEY, field_bytes)) + R"("})";
        case Algorithm::hs256:
            return R"({"k":")" + to_base64url(secret) + R"(","kty":"oct"})";
    }
    return {};
}

// Whether `number` is a power of 65537 modulo `prime`.
bool is_power_of_65537(BN_ULONG number, BN_ULONG prime) {
    BN_ULONG power = 1;
    do {
        if (number == power) {
            return true;
        }
        power = power * (65537 % prime) % prime;
    } while (power != 1);
    return false;
}

// Keys of Infineon's library (CVE-2017-15361, "ROCA") can be factored: their modulus is a power of
// 65537 modulo each small prime (Nemec et al., The Return of Coppersmith's Attack, section 3).  Of
// other moduli one in 2^27 is taken for one.
bool is_roca(const BIGNUM* modulus) {
    constexpr std::array<BN_ULONG, 38> primes{
        3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
    return std::ranges::all_of(primes, [modulus](BN_ULONG prime) {
        return is_power_of_65537(BN_mod_word(modulus, prime), prime);
    });
}

void check_rsa(EVP_PKEY* key) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < rsa_bits_min || bits > rsa_bits_max) {
        refuse("An RSA key must have 2,048 to 8,192 bits.");
    }
    BIGNUM* raw = nullptr;
    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &raw);
    const OwnedBn exponent{raw};
    // FIPS 186-5 section A.1.1 wants more than 2^16: with small ones a careless signer or reader of
    // paddings is enough to forge.  A huge exponent makes each verification slow.
    if (!exponent || !BN_is_odd(raw) || BN_num_bits(raw) < 17 || BN_num_bits(raw) > 33) {
        refuse("The RSA exponent is not acceptable.");
    }
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &number);
    const OwnedBn modulus{number};
    if (!modulus || !BN_is_odd(number) || is_roca(number)) {
        refuse("The RSA key was made in a way that lets others find its private half.");
    }
}

Algorithm algorithm_of(EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA")) {
        check_rsa(key);
        return Algorithm::rs256;
    }
    if (EVP_PKEY_is_a(key, "ED25519")) {
        return Algorithm::eddsa;
    }
    if (EVP_PKEY_is_a(key, "EC")) {
        std::array<char, 64> group{};
        EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr);
        if (std::string_view{group.data()} == "prime256v1") {
            return Algorithm::es256;
        }
    }
    refuse("Only RSA, P-256 and Ed25519 keys are accepted.");
}

OwnedKey key_of_params(const char* type, OSSL_PARAM_BLD* builder) {
    const OwnedParams params{OSSL_PARAM_BLD_to_param(builder)};
    const OwnedKeyContext context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        refuse("These are not the members of a public key.");
    }
    return OwnedKey{key};
}

// Without this, OpenSSL would ask the terminal for the passphrase of an encrypted key.
int no_passphrase(char*, int, int, void*) { return -1; }

OwnedKey read_pem(std::string_view pem, bool& is_private) {
    const auto open = [&] {
        return OwnedBio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    };
    OwnedKey key{PEM_read_bio_PrivateKey(open().get(), nullptr, no_passphrase, nullptr)};
    is_private = key != nullptr;
    if (!key) {
        key.reset(PEM_read_bio_PUBKEY(open().get(), nullptr, no_passphrase, nullptr));
    }
    if (!key) {
        refuse("This is not a key in PEM form.");
    }
    return key;
}

std::string contents(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return std::string(data, static_cast<std::size_t>(size));
}

}  // namespace

std::string take_openssl_error() {
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0) {
        return {};
    }
    std::array<char, 256> text{};
    ERR_error_string_n(code, text.data(), text.size());
    return text.data();
}

Key Key::make(Parts parts) {
    parts.thumbprint_json = thumbprint_json(parts.algorithm, parts.key.get(), parts.secret);
    parts.kid = to_base64url(sha256(parts.thumbprint_json));
    return Key{std::make_shared<const Parts>(std::move(parts))};
}

Key Key::generate(Algorithm algorithm) {
    if (algorithm == Algorithm::hs256) {
        std::string secret(secret_bytes_min, '\0');
        random_bytes(bytes_of(secret), secret.size());
        return from_secret(secret);
    }
    EVP_PKEY* raw = nullptr;
    if (algorithm == Algorithm::rs256) {
        raw = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{rsa_bits_min});
    } else if (algorithm == Algorithm::es256) {
        raw = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    } else {
        raw = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    }
    LOQUAT_CHECK(raw != nullptr, "OpenSSL can generate keys");
    return make({.algorithm = algorithm, .key = share(OwnedKey{raw}), .is_private = true});
}

Key Key::from_pem(std::string_view pem) {
    if (pem.size() > pem_bytes_max) {
        refuse("The PEM text is too long.");
    }
    bool is_private = false;
    OwnedKey key = read_pem(pem, is_private);
    ERR_clear_error();
    const Algorithm algorithm = algorithm_of(key.get());
    return make({.algorithm = algorithm, .key = share(std::move(key)), .is_private = is_private});
}

Key Key::from_secret(std::string_view secret) {
    if (secret.size() < secret_bytes_min) {
        refuse("A secret must have at least 32 bytes.");
    }
    return make({.algorithm = Algorithm::hs256, .secret = std::string{secret}, .is_private = true});
}

Key Key::from_rsa(std::string_view n, std::string_view e) {
    if (n.size() > rsa_bits_max / 8 || e.size() > 8) {
        refuse("An RSA key must have 2,048 to 8,192 bits.");
    }
    const OwnedBn modulus{BN_bin2bn(bytes_of(n), static_cast<int>(n.size()), nullptr)};
    const OwnedBn exponent{BN_bin2bn(bytes_of(e), static_cast<int>(e.size()), nullptr)};
    const OwnedParamsBuilder builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
    OwnedKey key = key_of_params("RSA", builder.get());
    check_rsa(key.get());
    return make({.algorithm = Algorithm::rs256, .key = share(std::move(key))});
}

Key Key::from_p256(std::string_view x, std::string_view y) {
    if (x.size() != field_bytes || y.size() != field_bytes) {
        refuse("A P-256 coordinate has 32 bytes.");
    }
    const std::string point = std::string{"\x04"}.append(x).append(y);
    const OwnedParamsBuilder builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    return make({.algorithm = Algorithm::es256, .key = share(key_of_params("EC", builder.get()))});
}

Key Key::from_ed25519(std::string_view x) {
    OwnedKey key{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size())};
    if (!key) {
        refuse("An Ed25519 public key has 32 bytes.");
    }
    return make({.algorithm = Algorithm::eddsa, .key = share(std::move(key))});
}

Algorithm Key::algorithm() const { return parts_->algorithm; }
const std::string& Key::kid() const { return parts_->kid; }
bool Key::can_sign() const { return parts_->is_private; }
std::string Key::to_thumbprint_json() const { return parts_->thumbprint_json; }

Key Key::with_kid(std::string kid) const {
    auto renamed = std::make_shared<Parts>(*parts_);
    renamed->kid = std::move(kid);
    return Key{std::move(renamed)};
}

std::string Key::to_private_pem() const {
    LOQUAT_CHECK(parts_->is_private && parts_->key, "only a private key has a private PEM form");
    const OwnedBio bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_PKCS8PrivateKey(bio.get(), parts_->key.get(), nullptr, nullptr, 0, nullptr,
                                  nullptr);
    return contents(bio.get());
}

std::string Key::to_public_pem() const {
    LOQUAT_CHECK(parts_->key != nullptr, "a secret has no public form");
    const OwnedBio bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_PUBKEY(bio.get(), parts_->key.get());
    return contents(bio.get());
}

}  // namespace loquat::net::jose
