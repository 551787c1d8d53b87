#pragma once
#include <deque>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "aio/scope.hpp"
#include "services/presence/config.hpp"
#include "services/presence/ports.hpp"
#include "services/presence/roster.hpp"

namespace loquat::presence {

// The presence service: one object on one loop, in memory.  It keeps nothing for pairs of people:
// who shares a conversation is asked when there is something to tell and somebody who listens.
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
    using Changes = std::span<const contracts::Presence>;
    // Bodies by watcher, as places in the slice that is being told.
    using Letters = std::unordered_map<UserId, std::vector<std::uint32_t>>;
    struct Recent {
        contracts::Presence presence;
        Steady at;
    };

    Task<void> tell(std::vector<contracts::Presence> changes, std::unordered_set<UserId> watchers);
    Task<Letters> match(Changes changes, const std::unordered_set<UserId>& watchers);
    void send(Changes changes, const Letters& letters);
    Task<void> tell_newcomers(std::vector<UserId> newcomers);
    void note_recent(Changes changes);
    Task<std::vector<UserId>> peers_of(UserId user);

    PeersPort& peers_;
    WatchersPort& watchers_;
    const Clock& clock_;
    Config config_;
    Roster roster_;
    // Told so lately that who began to listen before may not have been known as a listener.
    std::deque<Recent> recent_;
    bool recent_is_cut_ = false;
};

}  // namespace loquat::presence
