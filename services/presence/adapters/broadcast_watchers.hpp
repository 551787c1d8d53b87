#pragma once
#include "services/presence/ports.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::presence {

// Tells watchers on their own topics: {"type":"presence","user_id","state","last_seen_at"}.
class BroadcastWatchers final : public WatchersPort {
  public:
    explicit BroadcastWatchers(store::Broadcast& broadcast) : broadcast_(broadcast) {}
    void tell(const UserId& watcher, const contracts::Presence& presence) override;

  private:
    store::Broadcast& broadcast_;
};

}  // namespace loquat::presence
