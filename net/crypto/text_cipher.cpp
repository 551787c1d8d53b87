#include "net/crypto/text_cipher.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <charconv>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/failure.hpp"
#include "base/ids.hpp"
#include "net/tls/pem.hpp"

namespace loquat::net {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 16;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t random_secret_bytes = 16;
constexpr int rounds = 1'024;
constexpr int rsa_bits_min = 2'048;
constexpr std::size_t text_max = 64 * 1024;

using ContextPtr = std::unique_ptr<EVP_CIPHER_CTX, tls::Release<EVP_CIPHER_CTX_free>>;
using KeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, tls::Release<EVP_PKEY_CTX_free>>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

[[noreturn]] void refuse(const char* why) {
    ERR_clear_error();
    throw Failure{Kind::invalid, "cipher.bad_key", why};
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return std::nullopt;
    }
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        std::uint8_t byte = 0;
        const char* begin = text.data() + i;
        if (std::from_chars(begin, begin + 2, byte, 16).ptr != begin + 2) {
            return std::nullopt;
        }
        out += static_cast<char>(byte);
    }
    return out;
}

std::string random_text(std::size_t size) {
    std::string out(size, '\0');
    random_bytes(bytes_of(out), size);
    return out;
}

std::string derive_key(std::string_view secret, std::string_view salt) {
    std::string key(key_bytes, '\0');
    const int good = PKCS5_PBKDF2_HMAC(secret.data(), static_cast<int>(secret.size()),
                                       bytes_of(salt), static_cast<int>(salt.size()), rounds,
                                       EVP_sha1(), static_cast<int>(key.size()), bytes_of(key));
    LOQUAT_CHECK(good == 1, "PBKDF2 works");
    return key;
}

ContextPtr make_context() {
    ContextPtr context{EVP_CIPHER_CTX_new()};
    if (!context) {
        throw std::bad_alloc{};
    }
    return context;
}

const EVP_CIPHER* cipher_of(CipherMode mode) {
    return mode == CipherMode::cbc ? EVP_aes_256_cbc() : EVP_aes_256_gcm();
}

bool begin(EVP_CIPHER_CTX* context, CipherMode mode, std::string_view key, std::string_view nonce,
           int encrypts) {
    if (EVP_CipherInit_ex(context, cipher_of(mode), nullptr, nullptr, nullptr, encrypts) != 1) {
        return false;
    }
    if (mode == CipherMode::gcm &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_IVLEN, nonce_bytes, nullptr) != 1) {
        return false;
    }
    return EVP_CipherInit_ex(context, nullptr, nullptr, bytes_of(key), bytes_of(nonce), encrypts) ==
           1;
}

// The nonce, then the text, then with GCM its tag.
std::string encrypt_bytes(CipherMode mode, std::string_view key, std::string_view text) {
    if (text.size() > text_max) {
        throw Failure{Kind::too_large, "request.too_large", "The text is too long."};
    }
    const std::string nonce = random_text(nonce_bytes);
    const ContextPtr context = make_context();
    std::string out(text.size() + nonce_bytes, '\0');
    int first = 0;
    int last = 0;
    const bool good = begin(context.get(), mode, key, nonce, 1) &&
                      EVP_CipherUpdate(context.get(), bytes_of(out), &first, bytes_of(text),
                                       static_cast<int>(text.size())) == 1 &&
                      EVP_CipherFinal_ex(context.get(), bytes_of(out) + first, &last) == 1;
    LOQUAT_CHECK(good, "AES works");
    out.resize(static_cast<std::size_t>(first + last));
    if (mode == CipherMode::gcm) {
        std::string tag(tag_bytes, '\0');
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, tag.data());
        out += tag;
    }
    return nonce + out;
}

std::optional<std::string> decrypt_bytes(CipherMode mode, std::string_view key,
                                         std::string_view bytes) {
    const std::size_t least = nonce_bytes + (mode == CipherMode::gcm ? tag_bytes : 0);
    if (bytes.size() < least || bytes.size() > text_max * 2) {
        return std::nullopt;
    }
    const std::string_view nonce = bytes.substr(0, nonce_bytes);
    std::string_view text = bytes.substr(nonce_bytes);
    const ContextPtr context = make_context();
    if (!begin(context.get(), mode, key, nonce, 0)) {
        return std::nullopt;
    }
    if (mode == CipherMode::gcm) {
        std::string tag{text.substr(text.size() - tag_bytes)};
        text.remove_suffix(tag_bytes);
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data());
    }
    std::string out(text.size() + nonce_bytes, '\0');
    int first = 0;
    int last = 0;
    const bool good = EVP_CipherUpdate(context.get(), bytes_of(out), &first, bytes_of(text),
                                       static_cast<int>(text.size())) == 1 &&
                      EVP_CipherFinal_ex(context.get(), bytes_of(out) + first, &last) == 1;
    if (!good) {
        ERR_clear_error();
        return std::nullopt;
    }
    out.resize(static_cast<std::size_t>(first + last));
    return out;
}

class SecretCipher final : public TextCipher {
  public:
    SecretCipher(std::string_view secret, std::string_view salt) : key_(derive_key(secret, salt)) {}

    std::string encrypt(std::string_view text) const override {
        return to_hex(encrypt_bytes(CipherMode::cbc, key_, text));
    }
    std::optional<std::string> decrypt(std::string_view encrypted) const override {
        const auto bytes = from_hex(encrypted);
        return bytes ? decrypt_bytes(CipherMode::cbc, key_, *bytes) : std::nullopt;
    }

  private:
    std::string key_;
};

class RsaCipher final : public TextCipher {
  public:
    RsaCipher(tls::KeyPtr key, std::string salt, CipherMode mode)
        : key_(std::move(key)), salt_(std::move(salt)), mode_(mode) {}

    std::string encrypt(std::string_view text) const override {
        const std::string secret = random_text(random_secret_bytes);
        const auto sealed = apply(&EVP_PKEY_encrypt_init, &EVP_PKEY_encrypt, secret);
        LOQUAT_CHECK(sealed && sealed->size() < 65'536, "RSA works");
        std::string out;
        out += static_cast<char>(sealed->size() >> 8);
        out += static_cast<char>(sealed->size() & 0xff);
        out += *sealed;
        out += encrypt_bytes(mode_, derive_key(to_hex(secret), salt_), text);
        return to_base64(out);
    }

    std::optional<std::string> decrypt(std::string_view encrypted) const override {
        const auto bytes = from_base64(encrypted);
        if (!bytes || bytes->size() < 2) {
            return std::nullopt;
        }
        const std::size_t size =
            static_cast<std::uint8_t>((*bytes)[0]) * 256U + static_cast<std::uint8_t>((*bytes)[1]);
        const std::string_view rest = std::string_view{*bytes}.substr(2);
        if (rest.size() < size) {
            return std::nullopt;
        }
        const auto secret = apply(&EVP_PKEY_decrypt_init, &EVP_PKEY_decrypt, rest.substr(0, size));
        if (!secret || secret->size() != random_secret_bytes) {
            return std::nullopt;
        }
        return decrypt_bytes(mode_, derive_key(to_hex(*secret), salt_), rest.substr(size));
    }

    std::string public_pem() const override {
        const tls::BioPtr bio{BIO_new(BIO_s_mem())};
        LOQUAT_CHECK(bio && PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1, "a key can be told");
        char* data = nullptr;
        const auto size = BIO_get_mem_data(bio.get(), &data);
        return {data, static_cast<std::size_t>(size)};
    }

  private:
    template <class Init, class Run>
    std::optional<std::string> apply(Init init, Run run, std::string_view in) const {
        const KeyContextPtr context{EVP_PKEY_CTX_new(key_.get(), nullptr)};
        std::size_t size = 0;
        if (!context || init(context.get()) != 1 ||
            EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1 ||
            run(context.get(), nullptr, &size, bytes_of(in), in.size()) != 1) {
            ERR_clear_error();
            return std::nullopt;
        }
        std::string out(size, '\0');
        if (run(context.get(), bytes_of(out), &size, bytes_of(in), in.size()) != 1) {
            ERR_clear_error();
            return std::nullopt;
        }
        out.resize(size);
        return out;
    }

    tls::KeyPtr key_;
    std::string salt_;
    CipherMode mode_;
};

std::string salt_of(std::string_view hex) {
    auto salt = from_hex(hex);
    if (!salt || salt->empty()) {
        refuse("the salt must be hexadecimal");
    }
    return *std::move(salt);
}

}  // namespace

std::unique_ptr<TextCipher> make_secret_cipher(std::string secret, std::string_view salt) {
    if (secret.empty()) {
        refuse("the secret is empty");
    }
    return std::make_unique<SecretCipher>(secret, salt_of(salt));
}

std::unique_ptr<TextCipher> make_rsa_cipher(const std::string& private_pem, std::string_view salt,
                                            CipherMode mode) {
    const tls::BioPtr bio = tls::bio_of(private_pem);
    tls::KeyPtr key{PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)};
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA ||
        EVP_PKEY_get_bits(key.get()) < rsa_bits_min) {
        refuse("the PEM holds no RSA key of 2,048 bits or more");
    }
    return std::make_unique<RsaCipher>(std::move(key), salt_of(salt), mode);
}

}  // namespace loquat::net
