#include "services/gateway/edge/identity_tokens.hpp"

#include <algorithm>

#include "contracts/core/caller.hpp"
#include "net/jose/jws.hpp"
#include "wire/codec.hpp"

namespace loquat::gateway {
namespace {

std::int64_t to_seconds(Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

std::string_view role_name(contracts::Role role) { return wire::enum_name(role); }

IdentityTokens::IdentityTokens(const Clock& clock, net::jose::Key key, std::string issuer)
    : clock_(clock), key_(std::move(key)), issuer_(std::move(issuer)) {}

std::string_view IdentityTokens::token_for(const runtime::Tokens::Identity& who,
                                           std::string_view audience) {
    scratch_.assign(who.user.view()).append(who.session.view());
    scratch_.append(role_name(who.role)).append(" ").append(audience);
    const Time now = clock_.now();
    const auto found = entries_.find(scratch_);
    const bool is_fresh = found != entries_.end() && now >= found->second.made_at &&
                          now < found->second.made_at + lifetime / 2;
    if (is_fresh) {
        return found->second.token;
    }
    if (entries_.size() >= entries_max) {
        entries_.clear();
    }
    Entry& entry = entries_[scratch_];
    entry = {make(who, audience, now), now};
    return entry.token;
}

std::string IdentityTokens::make(const runtime::Tokens::Identity& who, std::string_view audience,
                                 Time now) const {
    const Time until = std::min(now + lifetime, std::max(now, who.expires_at));
    const std::string payload = wire::to_json(wire::Object{{"iss", issuer_},
                                                           {"aud", audience},
                                                           {"sub", who.user.to_string()},
                                                           {"name", who.username},
                                                           {"role", role_name(who.role)},
                                                           {"iat", to_seconds(now)},
                                                           {"exp", to_seconds(until)}});
    return net::jose::sign_compact(payload, key_, identity_type);
}

}  // namespace loquat::gateway
