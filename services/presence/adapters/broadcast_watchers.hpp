#pragma once
#include "services/presence/ports.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::presence {

// Tells watchers on their own topics; the bodies are lines of one payload.
class BroadcastWatchers final : public WatchersPort {
  public:
    explicit BroadcastWatchers(store::Broadcast& broadcast) : broadcast_(broadcast) {}
    void tell(const UserId& watcher, std::span<const std::string_view> bodies) override;

  private:
    store::Broadcast& broadcast_;
};

}  // namespace loquat::presence
