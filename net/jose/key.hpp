#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "net/jose/algorithm.hpp"

namespace loquat::net::jose {

// One key with the one algorithm that it may be used for.  Immutable and cheap to copy; any thread
// may use it.  A key that cannot be used fails with `jose.bad_key` (Kind::invalid).
class Key {
  public:
    // RSA of 2,048 bits, P-256, Ed25519 or a secret of 256 bits.
    static Key generate(Algorithm algorithm);
    // A private (PKCS #8, PKCS #1, SEC 1) or public (SubjectPublicKeyInfo) key.  The type of the
    // key decides the algorithm; RSA must have 2,048 to 8,192 bits.
    static Key from_pem(std::string_view pem);
    // HS256; at least 32 bytes (RFC 7518 section 3.2).
    static Key from_secret(std::string_view secret);

    // Public keys from their JWK members, as big-endian bytes (RFC 7518 section 6, RFC 8037 section
    // 2).
    static Key from_rsa(std::string_view n, std::string_view e);
    static Key from_p256(std::string_view x, std::string_view y);
    static Key from_ed25519(std::string_view x);

    Algorithm algorithm() const;
    // The RFC 7638 thumbprint unless `with_kid` gave another one.
    const std::string& kid() const;
    Key with_kid(std::string kid) const;
    // False for a public key.
    bool can_sign() const;

    // The signature as JWS wants it (ECDSA: r and s of 32 bytes each, RFC 7518 section 3.4).
    // RS256 takes about a millisecond.
    std::string sign(std::string_view input) const;
    // HS256 compares in constant time.
    bool verify(std::string_view input, std::string_view signature) const;

    // PKCS #8; aborts for a public key and for a secret.
    std::string to_private_pem() const;
    std::string to_public_pem() const;
    // The members of the JWK that the thumbprint is made of, as canonical JSON (RFC 7638
    // section 3.2). Holds the secret itself for HS256.
    std::string to_thumbprint_json() const;

  private:
    struct Parts;
    explicit Key(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
    static Key make(Parts parts);

    std::shared_ptr<const Parts> parts_;
};

}  // namespace loquat::net::jose
