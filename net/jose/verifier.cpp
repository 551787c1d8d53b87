#include "net/jose/verifier.hpp"

#include "base/ids.hpp"
#include "base/text.hpp"

namespace loquat::net::jose {
namespace {

SipKey random_key() {
    SipKey key{};
    random_bytes(reinterpret_cast<std::uint8_t*>(key.data()), sizeof(key));
    return key;
}

// RFC 8725 section 3.11: a token made for another purpose must not pass as an access token.
bool is_access_token_type(std::string_view type) {
    return type.empty() || equal_ignoring_case(type, "JWT") || equal_ignoring_case(type, "at+jwt");
}

}  // namespace

TokenVerifier::TokenVerifier(KeySet keys, Options options, const Clock& clock)
    : keys_(std::move(keys)),
      options_(std::move(options)),
      clock_(clock),
      secret_(random_key()),
      revocations_(options_.revocations_max) {}

TokenVerifier::Result TokenVerifier::verify(std::string_view token) {
    if (token.size() > token_bytes_max) {
        ++counts_.refused;
        return std::unexpected{TokenError::too_large};
    }
    const SipHash key = sip_hash(secret_, token);
    const auto found = index_.find(key);
    if (found != index_.end()) {
        Entry& entry = entries_[found->second];
        if (const auto error = recheck(entry)) {
            forget(entry);
            ++counts_.refused;
            return std::unexpected{*error};
        }
        entry.is_used = true;
        ++counts_.hits;
        return entry.claims;
    }
    Result result = compute(token);
    if (!result) {
        ++counts_.refused;
        return result;
    }
    remember(key, *result);
    return result;
}

TokenVerifier::Result TokenVerifier::compute(std::string_view token) {
    ++counts_.misses;
    auto jws = verify_compact(token, keys_);
    if (!jws) {
        return std::unexpected{jws.error()};
    }
    if (!is_access_token_type(jws->type)) {
        return std::unexpected{TokenError::wrong_type};
    }
    auto claims = read_claims(jws->payload, options_.rules, clock_.now());
    if (!claims) {
        return std::unexpected{claims.error()};
    }
    if (revocations_.covers(*claims)) {
        return std::unexpected{TokenError::revoked};
    }
    claims->kid = jws->key->kid();
    return std::make_shared<const Claims>(*std::move(claims));
}

std::optional<TokenError> TokenVerifier::recheck(Entry& entry) const {
    if (is_expired(*entry.claims, options_.rules, clock_.now())) {
        return TokenError::expired;
    }
    if (entry.generation != revocations_.generation()) {
        if (revocations_.covers(*entry.claims)) {
            return TokenError::revoked;
        }
        entry.generation = revocations_.generation();
    }
    return std::nullopt;
}

void TokenVerifier::remember(const SipHash& key, std::shared_ptr<const Claims> claims) {
    if (options_.entries_max == 0) {
        return;
    }
    const std::size_t slot = find_slot();
    entries_[slot] = {key, std::move(claims), revocations_.generation(), false};
    index_.emplace(key, static_cast<std::uint32_t>(slot));
}

std::size_t TokenVerifier::find_slot() {
    if (entries_.size() < options_.entries_max) {
        entries_.emplace_back();
        return entries_.size() - 1;
    }
    // Ends within two turns: the first turn takes every mark away.
    while (true) {
        const std::size_t slot = hand_;
        hand_ = (hand_ + 1) % entries_.size();
        Entry& entry = entries_[slot];
        if (!entry.claims) {
            return slot;
        }
        if (!entry.is_used) {
            forget(entry);
            ++counts_.evicted;
            return slot;
        }
        entry.is_used = false;
    }
}

void TokenVerifier::forget(Entry& entry) {
    index_.erase(entry.key);
    entry.claims.reset();
}

void TokenVerifier::replace_keys(KeySet keys) {
    const auto stays = [&](const std::string& kid) {
        const Key* before = keys_.find(kid);
        const Key* after = keys.find(kid);
        return before != nullptr && after != nullptr &&
               before->to_thumbprint_json() == after->to_thumbprint_json();
    };
    for (Entry& entry : entries_) {
        if (entry.claims && !stays(entry.claims->kid)) {
            forget(entry);
        }
    }
    keys_ = std::move(keys);
}

void TokenVerifier::revoke_session(std::string_view session, Time until) {
    revocations_.revoke_session(session, until, clock_.now());
}

void TokenVerifier::revoke_user(std::string_view user, Time before, Time until) {
    revocations_.revoke_user(user, before, until, clock_.now());
}

}  // namespace loquat::net::jose
