#pragma once
#include <unordered_map>
#include <unordered_set>

#include "aio/scope.hpp"
#include "services/presence/config.hpp"
#include "services/presence/ports.hpp"
#include "services/presence/roster.hpp"

namespace loquat::presence {

// The presence service: one object on one loop, in memory.
class Presence final : public contracts::PresenceApi {
  public:
    Presence(PeersPort& peers, WatchersPort& watchers, const Clock& clock, Config config);

    // People with whom the caller shares no conversation are left out.
    Task<contracts::PresenceList> get_presence(contracts::Caller caller,
                                               contracts::GetPresenceRequest request) override;
    // Throws `presence.unknown_node` (conflict): report everything first.
    Task<void> report(contracts::Caller caller, contracts::PresenceReport report) override;

    // Tells what has changed; called every `batch_ms`.
    Task<void> publish_changes();
    std::size_t people() const { return roster_.size(); }

  private:
    struct Peers {
        std::unordered_set<UserId> users;
        Steady until;
    };
    Task<const Peers*> peers_of(UserId user);
    void forget_old_peers();

    PeersPort& peers_;
    WatchersPort& watchers_;
    const Clock& clock_;
    Config config_;
    Roster roster_;
    std::unordered_map<UserId, Peers> known_peers_;
};

}  // namespace loquat::presence
