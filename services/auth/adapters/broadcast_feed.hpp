#pragma once
#include "contracts/events.hpp"
#include "services/auth/ports.hpp"
#include "store/broadcast/broadcast.hpp"
#include "wire/codec.hpp"

namespace loquat::auth {

class BroadcastFeed final : public RevocationFeed {
  public:
    explicit BroadcastFeed(store::Broadcast& broadcast) : broadcast_(broadcast) {}

    void publish(const contracts::Revocation& revocation) override {
        broadcast_.publish(contracts::revoked_topic, wire::encode(revocation));
    }

  private:
    store::Broadcast& broadcast_;
};

}  // namespace loquat::auth
