#include "runtime/rights/tokens.hpp"

#include <utility>

#include "base/text.hpp"
#include "contracts/auth/auth.hpp"
#include "contracts/auth/broadcasts.hpp"
#include "net/jose/jwk.hpp"
#include "runtime/calls/neighbour_wait.hpp"
#include "runtime/discovery/neighbours.hpp"
#include "runtime/platform/platform_config.hpp"
#include "runtime/stores.hpp"
#include "runtime/stores/servers.hpp"
#include "store/broadcast/subscribe.hpp"
#include "wire/codec.hpp"

namespace loquat::runtime {
namespace {

using net::jose::TokenError;

net::jose::TokenVerifier::Options verifier_options(const PlatformConfig& config,
                                                   Tokens::Shown shown) {
    net::jose::TokenVerifier::Options options;
    options.rules.issuer = config.token_issuer;
    options.rules.audience = config.token_audience;
    options.entries_max = shown == Tokens::Shown::often ? config.token_cache_entries : 0;
    return options;
}

Failure failure_of(TokenError error) {
    if (error == TokenError::revoked) {
        return {Kind::unauthenticated, "auth.token_revoked",
                "This session has ended. Sign in again."};
    }
    return net::jose::to_failure(error);
}

Tokens::Result to_identity(const net::jose::TokenVerifier::Result& verified) {
    if (!verified) {
        return std::unexpected{failure_of(verified.error())};
    }
    const net::jose::Claims& claims = **verified;
    const auto user = UserId::parse(claims.subject);
    const auto session = SessionId::parse(claims.session);
    if (!user || !session) {
        return std::unexpected{failure_of(TokenError::malformed)};
    }
    return Tokens::Identity{
        .user = *user,
        .session = *session,
        .role = wire::find_enum<contracts::Role>(claims.role).value_or(contracts::Role::user),
        .username = claims.name,
        .issued_at = claims.issued_at,
        .expires_at = claims.expires_at};
}

// What a token says of its key.
std::string key_name(std::string_view token) {
    return std::string{token.substr(0, token.find('.'))};
}

}  // namespace

Tokens::Tokens(Context& context, Shown shown)
    : loop_(context.loop()),
      auth_(context.client<contracts::AuthApi>()),
      clock_(context.clock()),
      broadcast_(context.stores().broadcast()),
      rights_(context.rights()),
      is_auth_here_(context.is_hosted("auth")),
      may_miss_(find_server(context.stores().configured("broadcast").kind) != nullptr),
      is_told_by_registry_(context.neighbours().is_told_by_registry),
      auth_place_{.service = "auth",
                  .url = context.service_url("auth"),
                  .limit = context.platform_config().neighbour_seconds_max},
      verifier_(net::jose::KeySet{}, verifier_options(context.platform_config(), shown),
                context.clock()),
      refresh_(context.loop(), [this]() -> Task<void> { co_await load_keys(); }),
      scope_(context.loop(), "tokens") {}

Task<void> Tokens::start() {
    subscription_ = store::subscribe(broadcast_, contracts::topics::auth_revoked,
                                     [this](const std::optional<contracts::Revocation>& told) {
                                         if (told) {
                                             apply(*told);
                                         } else {
                                             read_again();
                                         }
                                     });
    keys_subscription_ = store::subscribe(broadcast_, contracts::topics::auth_keys,
                                          [this](const std::optional<contracts::TokenKeys>& told) {
                                              if (told) {
                                                  take_keys(told->jwks);
                                              } else {
                                                  read_again();
                                              }
                                          });
    const bool may_come = !auth_place_.url.empty() || is_told_by_registry_;
    if (is_auth_here_ || !may_come) {
        co_await load_keys();
    } else {
        co_await wait_for_neighbour(loop_, auth_place_,
                                    [this]() -> Task<void> { co_await load_keys(); });
    }
    co_await load_revocations();
    if (!is_auth_here_ || may_miss_) {
        scope_.start(poll());
    }
}

Task<void> Tokens::stop() {
    subscription_.end();
    keys_subscription_.end();
    co_await refresh_.close();
    co_await scope_.close();
}

Task<void> Tokens::load_keys() {
    const wire::Value jwks = co_await auth_.call<&contracts::AuthApi::get_jwks>({}, {});
    take_keys(wire::to_json(jwks));
}

void Tokens::take_keys(const std::string& jwks) {
    verifier_.replace_keys(net::jose::KeySet::from_jwks(jwks));
}

Task<void> Tokens::load_revocations() {
    const auto list = co_await auth_.call<&contracts::AuthApi::list_revocations>({}, {});
    for (const contracts::Revocation& revocation : list.items) {
        apply(revocation);
    }
}

// Something may have been told and not heard.  Where auth is elsewhere `start` has yet to read, or
// `poll` reads in a moment.
void Tokens::read_again() {
    if (is_auth_here_) {
        scope_.start(read_all());
    }
}

// Of a time in which auth does not answer the beginning and the end are said.
Task<void> Tokens::read_all() {
    std::string problem;
    try {
        co_await load_revocations();
        co_await load_keys();
    } catch (const Failure& failure) {
        problem = failure.code;
    }
    const bool was_away = std::exchange(is_away_, !problem.empty());
    if (is_away_ && !was_away) {
        log_warn({.service = "tokens"}, "revocations and keys could not be read",
                 {{"code", problem}});
    } else if (was_away && !is_away_) {
        log_info({.service = "tokens"}, "revocations and keys are read again");
    }
}

// A process without the auth service may hear no broadcast from it: it asks every half second, for
// keys too, so that few requests ever have to wait for one.  One with it hears what other instances
// do, but while the server of the broadcast is away.
Task<void> Tokens::poll() {
    for (;;) {
        co_await loop_.sleep_for(std::chrono::milliseconds{500});
        if (!is_auth_here_ || broadcast_.reach() == store::Reach::this_process) {
            co_await read_all();
        }
    }
}

void Tokens::apply(const contracts::Revocation& revocation) {
    if (revocation.session_id) {
        verifier_.revoke_session(revocation.session_id->to_string(), revocation.until);
    }
    if (revocation.user_id && revocation.before) {
        verifier_.revoke_user(revocation.user_id->to_string(), *revocation.before,
                              revocation.until);
    }
    rights_.end(revocation);
}

Tokens::Result Tokens::verify_now(std::string_view token) {
    return to_identity(verifier_.verify(token));
}

Task<Tokens::Result> Tokens::verify(std::string token) {
    auto verified = verifier_.verify(token);
    if (!verified && verified.error() == TokenError::unknown_key) {
        const auto is_known = [this, &token, &verified] {
            verified = verifier_.verify(token);
            return verified || verified.error() != TokenError::unknown_key;
        };
        co_await refresh_.run(key_name(token), is_known);
    }
    co_return to_identity(verified);
}

std::string_view bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "Bearer ";
    if (authorization.size() <= scheme.size() ||
        !equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) {
        return {};
    }
    return trim(authorization.substr(scheme.size()));
}

}  // namespace loquat::runtime
