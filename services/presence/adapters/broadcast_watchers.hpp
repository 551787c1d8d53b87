#pragma once
#include "services/presence/ports.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::presence {

// Tells the edge nodes whom to tell: one publication however many they are.
class BroadcastWatchers final : public WatchersPort {
  public:
    explicit BroadcastWatchers(store::Broadcast& broadcast) : broadcast_(broadcast) {}
    void tell(std::span<const UserId> watchers, std::span<const std::string_view> bodies) override;

  private:
    store::Broadcast& broadcast_;
};

}  // namespace loquat::presence
