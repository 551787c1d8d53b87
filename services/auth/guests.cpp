#include "services/auth/guests.hpp"

#include "net/jose/claims.hpp"
#include "net/jose/jws.hpp"
#include "wire/codec.hpp"

namespace loquat::auth {

using net::jose::TokenError;

Task<contracts::GuestToken> Guests::issue_guest(contracts::Caller, contracts::Empty) {
    const Time now = parts_.clock.now();
    contracts::GuestToken made{.user_id = UserId::make(),
                               .session_id = SessionId::make(),
                               .expires_in = options_.token_life.count()};
    const net::jose::Claims claims{.subject = made.user_id.to_string(),
                                   .session = made.session_id.to_string(),
                                   .name = "guest",
                                   .role = std::string{wire::enum_name(contracts::Role::guest)},
                                   .issuer = options_.issuer,
                                   .audience = {options_.audience},
                                   .expires_at = now + options_.token_life,
                                   .issued_at = now,
                                   .id = net::jose::make_token_id(now)};
    auto sign = [payload = to_payload(claims), key = parts_.keys.signing_key()] {
        return net::jose::sign_compact(payload, key);
    };
    made.token = co_await parts_.signing.run<std::string>(std::move(sign));
    co_return made;
}

Task<void> Guests::end_guest(contracts::Caller, contracts::GuestRef request) {
    const contracts::Revocation revocation{.session_id = request.session_id,
                                           .until = parts_.clock.now() + options_.token_life};
    co_await parts_.store.add_revocation(revocation);
    parts_.feed.publish(revocation);
}

Task<contracts::ProvenGuest> Guests::prove_guest(contracts::Caller, contracts::GuestProof request) {
    const net::jose::KeySet keys = co_await parts_.keys.published_by_all();
    const auto jws = net::jose::verify_compact(request.token, keys);
    if (!jws) {
        throw net::jose::to_failure(jws.error());
    }
    const net::jose::ClaimRules rules{.issuer = options_.issuer, .audience = options_.audience};
    const auto claims = net::jose::read_claims(jws->payload, rules, parts_.clock.now());
    if (!claims) {
        throw net::jose::to_failure(claims.error());
    }
    const auto user = UserId::parse(claims->subject);
    const auto session = SessionId::parse(claims->session);
    if (!user || !session || claims->role != wire::enum_name(contracts::Role::guest)) {
        throw net::jose::to_failure(TokenError::malformed);
    }
    co_return contracts::ProvenGuest{*user, *session};
}

}  // namespace loquat::auth
