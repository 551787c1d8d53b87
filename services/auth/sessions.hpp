#pragma once
#include <string>

#include "runtime/rights/audit_trail.hpp"
#include "services/auth/domain/refresh_token.hpp"
#include "services/auth/keys.hpp"
#include "services/auth/metrics.hpp"
#include "services/auth/ports.hpp"

namespace loquat::auth {

// What a sign-in or a refresh gives.
struct Issued {
    std::string access_token;
    std::chrono::seconds expires_in;
    std::string refresh_token;
    std::chrono::seconds refresh_expires_in;
    SessionId session;
    Account account;
};

// Sessions from sign-in to their end: access tokens, refresh tokens and revocations.
class Sessions {
  public:
    struct Options {
        SessionRules rules;
        std::chrono::seconds access_token_life{900};
        std::string issuer;
        std::string audience;
    };
    struct Parts {
        SessionStore& store;
        UserStore& users;
        Keys& keys;
        aio::WorkerPool& signing;
        RevocationFeed& feed;
        const Clock& clock;
        AuthMetrics& metrics;
        runtime::AuditTrail& audit;
    };

    Sessions(Parts parts, Options options) : parts_(parts), options_(std::move(options)) {}

    // None when the password was changed since `account` was read.
    Task<std::optional<Issued>> open(Account account, contracts::Caller caller);

    // Single use: gives the successor.  401 `auth.refresh_reused` for a spent token, which ends the
    // session; 401 `auth.refresh_invalid` for anything else that is not the valid one.
    Task<Issued> refresh(std::string token, contracts::Caller caller);

    Task<std::vector<Session>> list(UserId user);
    // The number of sessions that ended.
    Task<std::size_t> end(UserId user, std::optional<SessionId> only,
                          std::optional<SessionId> except);
    // All of them, and no access token issued until it is stored is accepted any more.
    Task<void> end_all(UserId user);
    // All but one, for a change of the store that ends them itself; `announce` what it gives.
    Ending all_but(UserId user, std::optional<SessionId> except) const;
    // All of them, with the tokens that were issued until it is stored.
    Ending all_of(UserId user) const;
    // For a change after which refreshing gives other tokens.
    OldTokens old_tokens(UserId user) const;
    void announce(const std::vector<contracts::Revocation>& revocations);
    Task<std::vector<contracts::Revocation>> list_revocations();
    Task<void> clean_up();

  private:
    Task<Issued> issue(Account account, Session session, RefreshToken token, Time began);
    Time revoked_until() const;

    Parts parts_;
    Options options_;
};

}  // namespace loquat::auth
