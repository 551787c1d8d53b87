#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "aio/scope.hpp"
#include "contracts/auth/revocation.hpp"
#include "contracts/core/caller.hpp"
#include "net/jose/verifier.hpp"
#include "runtime/calls/neighbour_wait.hpp"
#include "runtime/context.hpp"
#include "runtime/rights/key_refresh.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::contracts {
class AuthApi;
}

namespace loquat::runtime {

// Verifies access tokens for one loop: keys from the auth service, revocations as they happen.
class Tokens {
  public:
    struct Identity {
        UserId user;
        SessionId session;
        contracts::Role role = contracts::Role::user;
        std::string username;
        Time issued_at;
        Time expires_at;
    };
    using Result = std::expected<Identity, Failure>;

    // How often one token is shown here: with each request, or when a connection begins and not
    // again.  Only the first is worth remembering, at some 700 bytes each.
    enum class Shown { often, once };

    explicit Tokens(Context& context, Shown shown = Shown::often);

    // Loads keys and revocations, then follows them until `stop`.
    Task<void> start();
    Task<void> stop();

    // At once, from the cache or by computing the signature.  Failures: `auth.invalid_token`,
    // `auth.token_expired`, `auth.token_revoked`, all 401.
    Result verify_now(std::string_view token);
    // As verify_now, but asks for new keys first when the token's key is unknown; see KeyRefresh.
    Task<Result> verify(std::string token);

    const net::jose::TokenVerifier::Counts& counts() const { return verifier_.counts(); }

  private:
    Task<void> load_keys();
    Task<void> load_revocations();
    void take_keys(const std::string& jwks);
    void read_again();
    Task<void> read_all();
    Task<void> poll();
    void apply(const contracts::Revocation& revocation);

    aio::Loop& loop_;
    contracts::Client<contracts::AuthApi> auth_;
    const Clock& clock_;
    store::Broadcast& broadcast_;
    StandingRights& rights_;
    bool is_auth_here_;
    bool may_miss_;  // what instances of auth elsewhere tell: the broadcast has a server
    bool is_told_by_registry_;
    bool is_away_ = false;  // auth, when it was asked last
    Neighbour auth_place_;  // without a url: wherever a registry says
    net::jose::TokenVerifier verifier_;
    store::Subscription subscription_;
    store::Subscription keys_subscription_;
    KeyRefresh refresh_;
    aio::Scope scope_;
};

// `Bearer TOKEN` without the scheme; empty when it is something else.
std::string_view bearer_token(std::string_view authorization);

}  // namespace loquat::runtime
