#pragma once
#include <chrono>
#include <vector>

#include "base/clock.hpp"
#include "net/jose/jwk.hpp"

namespace loquat::auth {

// A signing key and from when on it signs.
struct RingKey {
    net::jose::Key key;
    Time created_at;
    Time active_from;
};

// The keys of the issuer, oldest first.  One signs; those before it stay published until the last
// token that they signed has expired; one that will sign soon is published ahead.
class KeyRing {
  public:
    // `overlap`: at least the life of an access token.  `keys` must not be empty.
    KeyRing(std::vector<RingKey> keys, std::chrono::seconds overlap);

    // The newest key that is active; the oldest when none is yet.
    const net::jose::Key& signing_key(Time now) const;
    // What verifiers must accept now.
    net::jose::KeySet published(Time now) const;
    Time newest_created_at() const { return keys_.back().created_at; }
    net::jose::Algorithm newest_algorithm() const { return keys_.back().key.algorithm(); }

    // `key` must not become active before those that are there.
    void add(RingKey key);
    // Drops keys whose tokens have all expired; true when there were some.
    bool prune(Time now);
    const std::vector<RingKey>& keys() const { return keys_; }

  private:
    bool is_over(std::size_t index, Time now) const;

    std::vector<RingKey> keys_;
    std::chrono::seconds overlap_;
};

}  // namespace loquat::auth
