#pragma once
#include "contracts/auth/broadcasts.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "services/auth/ports.hpp"
#include "store/broadcast/publish.hpp"

namespace loquat::auth {

// Ends what stands open in this process at once, and tells all others.
class BroadcastFeed final : public RevocationFeed {
  public:
    BroadcastFeed(store::Broadcast& broadcast, runtime::StandingRights& rights)
        : broadcast_(broadcast), rights_(rights) {}

    void publish(const contracts::Revocation& revocation) override {
        rights_.end(revocation);
        store::publish(broadcast_, contracts::topics::auth_revoked, revocation);
    }

  private:
    store::Broadcast& broadcast_;
    runtime::StandingRights& rights_;
};

class BroadcastUsers final : public UserFeed {
  public:
    explicit BroadcastUsers(store::Broadcast& broadcast) : broadcast_(broadcast) {}

    void publish(const contracts::UserList& users) override {
        store::publish(broadcast_, contracts::topics::auth_users, users);
    }

  private:
    store::Broadcast& broadcast_;
};

}  // namespace loquat::auth
