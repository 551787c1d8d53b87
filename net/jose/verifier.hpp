#pragma once
#include <expected>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "net/jose/claims.hpp"
#include "net/jose/jws.hpp"
#include "net/jose/revocations.hpp"
#include "net/jose/siphash.hpp"

namespace loquat::net::jose {

// Verifies access tokens and remembers those that were right, so that the signature is computed
// once a token and not once a request.  One instance per loop: no locks.
class TokenVerifier {
  public:
    struct Options {
        ClaimRules rules;
        std::size_t entries_max = 16'384;  // remembered tokens, about 700 bytes each; 0: none
        std::size_t revocations_max = 65'536;
    };
    struct Counts {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;  // signatures computed
        std::uint64_t refused = 0;
        std::uint64_t evicted = 0;
    };
    using Result = std::expected<std::shared_ptr<const Claims>, TokenError>;

    // `clock` must outlive the verifier.
    TokenVerifier(KeySet keys, Options options, const Clock& clock);

    // The claims stay valid as long as they are held, also when the token is revoked later:
    // long-lived connections must look at `expires_at` and listen to revocations themselves.
    Result verify(std::string_view token);

    // For key rotation: tokens of keys that stay are remembered further.
    void replace_keys(KeySet keys);
    const KeySet& keys() const { return keys_; }

    // Each is remembered until `until`, when the last token that it concerns has expired.
    void revoke_session(std::string_view session, Time until);
    void revoke_user(std::string_view user, Time before, Time until);

    const Counts& counts() const { return counts_; }
    std::size_t size() const { return index_.size(); }

  private:
    struct Entry {
        SipHash key;
        std::shared_ptr<const Claims> claims;  // null: free
        std::uint64_t generation;              // of the revocations when it was last checked
        bool is_used;                          // since the hand passed (CLOCK, Corbato 1968)
    };
    struct First {
        std::size_t operator()(const SipHash& hash) const { return hash[0]; }
    };

    Result compute(std::string_view token);
    std::optional<TokenError> recheck(Entry& entry) const;
    void remember(const SipHash& key, std::shared_ptr<const Claims> claims);
    std::size_t find_slot();
    void forget(Entry& entry);

    KeySet keys_;
    Options options_;
    const Clock& clock_;
    SipKey secret_;
    Revocations revocations_;
    std::vector<Entry> entries_;
    std::unordered_map<SipHash, std::uint32_t, First> index_;
    std::size_t hand_ = 0;
    Counts counts_;
};

}  // namespace loquat::net::jose
