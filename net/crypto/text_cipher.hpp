#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace loquat::net {

// Texts encrypted as Spring Security's encryptors do, which is what `{cipher}` in configuration
// holds (reference: org.springframework.security.crypto.encrypt, RsaSecretEncryptor).
class TextCipher {
  public:
    virtual ~TextCipher() = default;
    virtual std::string encrypt(std::string_view text) const = 0;
    // None when it was not encrypted with this key, or was changed.
    virtual std::optional<std::string> decrypt(std::string_view encrypted) const = 0;
    // SubjectPublicKeyInfo as PEM; empty where there is one secret for both.
    virtual std::string public_pem() const { return {}; }
};

// Hexadecimal of a nonce and AES-256-CBC; its key comes of the secret by PBKDF2 (HMAC-SHA1, 1,024
// rounds).  `salt` is hexadecimal.  Throws Failure `cipher.bad_key` (invalid).
std::unique_ptr<TextCipher> make_secret_cipher(std::string secret,
                                               std::string_view salt = "deadbeef");

enum class CipherMode : std::uint8_t {
    cbc,
    gcm,  // Spring's `strong`
};

// Base64 of a random secret under RSA (PKCS #1 v1.5) and of the text under that secret.
// Throws Failure `cipher.bad_key` (invalid) for a PEM that holds no RSA key of 2,048 bits or more.
std::unique_ptr<TextCipher> make_rsa_cipher(const std::string& private_pem,
                                            std::string_view salt = "deadbeef",
                                            CipherMode mode = CipherMode::cbc);

}  // namespace loquat::net
