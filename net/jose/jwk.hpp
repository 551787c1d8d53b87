#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "net/jose/key.hpp"
#include "wire/json.hpp"

namespace loquat::net::jose {

// Reads one JWK (RFC 7517) that may verify: `use` absent or `sig`, `key_ops` absent or with
// `verify`, `alg` absent or the one that fits the type.  Private members are ignored.  Fails with
// `jose.bad_key`.
Key key_from_jwk(const wire::Value& jwk);

// {"kty",...,"alg","kid","use":"sig"} without anything private.  Aborts for a secret.
std::string to_public_jwk(const Key& key);

// The keys that a token may be signed with, by `kid`.  A few: looked through one by one.
class KeySet {
  public:
    static constexpr std::size_t keys_max = 32;

    KeySet() = default;
    explicit KeySet(std::vector<Key> keys);

    // Reads {"keys":[...]} (RFC 7517 section 5).  Keys that cannot be used here are left out, as
    // the RFC asks.  Fails with `jose.bad_key_set` when the whole cannot be read, and for two keys
    // with one `kid`: which of them a token means is anybody's guess.
    static KeySet from_jwks(std::string_view text);
    // Public keys only; a secret is never listed.
    std::string to_jwks() const;

    // False when full or when that `kid` is there already.
    bool add(Key key);
    const Key* find(std::string_view kid) const;
    // The key where there is exactly one; for tokens without `kid`.
    const Key* find_only() const { return keys_.size() == 1 ? &keys_.front() : nullptr; }
    const std::vector<Key>& keys() const { return keys_; }

  private:
    std::vector<Key> keys_;
};

}  // namespace loquat::net::jose
