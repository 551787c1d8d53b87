#include "services/auth/sessions.hpp"

#include "net/jose/claims.hpp"
#include "net/jose/jws.hpp"
#include "services/auth/domain/names.hpp"
#include "wire/codec.hpp"

namespace loquat::auth {
namespace {

constexpr std::size_t clean_up_rows_max = 1000;
// Between reading a session and the end of signing its token.
constexpr std::chrono::seconds issuing_max{60};

Failure refresh_invalid() {
    return {Kind::unauthenticated, "auth.refresh_invalid", "Sign in again."};
}

Failure refresh_reused() {
    return {Kind::unauthenticated, "auth.refresh_reused",
            "This refresh token was used before. For safety the session has ended; sign in again."};
}

}  // namespace

Task<std::optional<Issued>> Sessions::open(Account account, contracts::Caller caller) {
    const Time now = parts_.clock.now();
    const auto token = RefreshToken::make(SessionId::make());
    SessionStore::Opening opening{
        .session = {.id = token.session,
                    .user_id = account.id,
                    .created_at = now,
                    .last_seen_at = now,
                    .expires_at = now + std::min(options_.rules.idle_max, options_.rules.age_max),
                    .ends_at = now + options_.rules.age_max,
                    .user_agent = to_user_agent(caller.user_agent),
                    .address = caller.address,
                    .family_hash = token.family_hash(),
                    .secret_hash = token.secret_hash()},
        .password_version = account.password_version,
        .per_user_max = options_.rules.per_user_max,
        .revoked_until = revoked_until()};
    Session session = opening.session;
    const auto opened = co_await parts_.store.open(std::move(opening));
    if (!opened.is_open) {
        co_return std::nullopt;
    }
    announce(opened.ended);
    // It may have been changed since the account was read: proving a password takes its time.
    account.role = opened.role;
    co_return co_await issue(std::move(account), std::move(session), token, now);
}

Task<Issued> Sessions::refresh(std::string text, contracts::Caller caller) {
    const Time now = parts_.clock.now();
    const auto token = RefreshToken::parse(text);
    if (!token) {
        parts_.metrics.refreshes_refused.add();
        throw refresh_invalid();
    }
    const std::string nonce = make_nonce();
    Presented presented{.session = token->session,
                        .family_hash = token->family_hash(),
                        .secret_hash = token->secret_hash(),
                        .next_hash = token->successor(nonce).secret_hash(),
                        .next_nonce = nonce};
    auto rotated =
        co_await parts_.store.rotate(std::move(presented), options_.rules, now, revoked_until());
    if (rotated.rotation == Rotation::reused || rotated.rotation == Rotation::ended) {
        parts_.metrics.refreshes_reused.add();
        if (rotated.rotation == Rotation::reused) {
            announce({{.session_id = rotated.session.id, .until = revoked_until()}});
            parts_.audit.note(caller, {.action = "auth.refresh_reused",
                                       .subject = rotated.session.user_id.to_string()});
        }
        throw refresh_reused();
    }
    std::optional<Account> account;
    if (rotated.rotation != Rotation::unknown) {
        account = co_await parts_.users.find(rotated.session.user_id);
    }
    if (!account) {
        parts_.metrics.refreshes_refused.add();
        throw refresh_invalid();
    }
    parts_.metrics.refreshes.add();
    RefreshToken next = token->successor(rotated.session.nonce);
    co_return co_await issue(*std::move(account), std::move(rotated.session), std::move(next), now);
}

// `began`: when the account was read at the latest, so that a change of role after it covers this
// token.
Task<Issued> Sessions::issue(Account account, Session session, RefreshToken token, Time began) {
    const net::jose::Claims claims{.subject = account.id.to_string(),
                                   .session = session.id.to_string(),
                                   .name = account.username,
                                   .role = std::string{wire::enum_name(account.role)},
                                   .issuer = options_.issuer,
                                   .audience = {options_.audience},
                                   .expires_at = began + options_.access_token_life,
                                   .issued_at = began,
                                   .id = net::jose::make_token_id(began)};
    auto sign = [payload = to_payload(claims), key = parts_.keys.signing_key()] {
        return net::jose::sign_compact(payload, key);
    };
    std::string access_token = co_await parts_.signing.run<std::string>(std::move(sign));
    co_return Issued{
        .access_token = std::move(access_token),
        .expires_in = options_.access_token_life,
        .refresh_token = token.to_text(),
        .refresh_expires_in = std::chrono::floor<std::chrono::seconds>(session.expires_at - began),
        .session = session.id,
        .account = std::move(account)};
}

Task<std::vector<Session>> Sessions::list(UserId user) {
    co_return co_await parts_.store.list(user, parts_.clock.now());
}

Task<std::size_t> Sessions::end(UserId user, std::optional<SessionId> only,
                                std::optional<SessionId> except) {
    Ending ending{.user = user, .only = only, .except = except, .revoked_until = revoked_until()};
    const auto ended = co_await parts_.store.end(ending);
    announce(ended);
    co_return ended.size();
}

Task<void> Sessions::end_all(UserId user) {
    const auto ended = co_await parts_.store.end(all_of(user));
    announce(ended);
}

Ending Sessions::all_but(UserId user, std::optional<SessionId> except) const {
    return {.user = user, .except = except, .revoked_until = revoked_until()};
}

Ending Sessions::all_of(UserId user) const {
    Ending ending = all_but(user, std::nullopt);
    ending.old_tokens = old_tokens(user);
    return ending;
}

OldTokens Sessions::old_tokens(UserId user) const {
    return {user, parts_.clock, options_.access_token_life + issuing_max};
}

Task<std::vector<contracts::Revocation>> Sessions::list_revocations() {
    co_return co_await parts_.store.list_revocations(parts_.clock.now());
}

Task<void> Sessions::clean_up() {
    co_await parts_.store.clean_up(parts_.clock.now(), clean_up_rows_max);
}

Time Sessions::revoked_until() const {
    return parts_.clock.now() + options_.access_token_life + issuing_max;
}

void Sessions::announce(const std::vector<contracts::Revocation>& revocations) {
    for (const contracts::Revocation& revocation : revocations) {
        parts_.metrics.revocations.add();
        parts_.feed.publish(revocation);
    }
}

}  // namespace loquat::auth
