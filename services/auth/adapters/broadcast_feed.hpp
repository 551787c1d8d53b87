#pragma once
#include "contracts/events.hpp"
#include "runtime/standing_rights.hpp"
#include "services/auth/ports.hpp"
#include "store/broadcast/broadcast.hpp"
#include "wire/codec.hpp"

namespace loquat::auth {

// Ends what stands open in this process at once, and tells all others.
class BroadcastFeed final : public RevocationFeed {
  public:
    BroadcastFeed(store::Broadcast& broadcast, runtime::StandingRights& rights)
        : broadcast_(broadcast), rights_(rights) {}

    void publish(const contracts::Revocation& revocation) override {
        rights_.end(revocation);
        broadcast_.publish(contracts::revoked_topic, wire::encode(revocation));
    }

  private:
    store::Broadcast& broadcast_;
    runtime::StandingRights& rights_;
};

class BroadcastUsers final : public UserFeed {
  public:
    explicit BroadcastUsers(store::Broadcast& broadcast) : broadcast_(broadcast) {}

    void publish(const contracts::UserList& users) override {
        broadcast_.publish(contracts::users_topic, wire::encode(users));
    }

  private:
    store::Broadcast& broadcast_;
};

}  // namespace loquat::auth
