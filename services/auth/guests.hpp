#pragma once
#include "contracts/auth/guests.hpp"
#include "services/auth/keys.hpp"
#include "services/auth/ports.hpp"

namespace loquat::auth {

// Tokens of people without an account.  Nothing is kept of a guest but that its token was ended.
class Guests final : public contracts::GuestsApi {
  public:
    struct Options {
        std::chrono::seconds token_life{30 * 86'400};
        std::string issuer;
        std::string audience;
    };
    struct Parts {
        SessionStore& store;
        Keys& keys;
        aio::WorkerPool& signing;
        RevocationFeed& feed;
        const Clock& clock;
    };

    Guests(Parts parts, Options options) : parts_(parts), options_(std::move(options)) {}

    Task<contracts::GuestToken> issue_guest(contracts::Caller caller,
                                            contracts::Empty request) override;
    Task<void> end_guest(contracts::Caller caller, contracts::GuestRef request) override;
    // Of a token that was ended as well: what was a guest's stays known by it.
    Task<contracts::ProvenGuest> prove_guest(contracts::Caller caller,
                                             contracts::GuestProof request) override;

  private:
    Parts parts_;
    Options options_;
};

}  // namespace loquat::auth
