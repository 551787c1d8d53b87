#pragma once
#include <span>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "contracts/chat/membership.hpp"
#include "contracts/presence/presence.hpp"

namespace loquat::presence {

// Who is in which conversations.  All of it throws upstream.* when chat does not answer.
class MembershipsPort {
  public:
    static constexpr std::size_t users_max = 256;  // of one call

    virtual ~MembershipsPort() = default;
    // Those of `others` who share a conversation with `user` now.
    virtual Task<std::vector<UserId>> filter_peers(UserId user, std::vector<UserId> others) = 0;
    virtual Task<std::vector<contracts::Memberships>> list(std::vector<UserId> users) = 0;
    // As ChatApi::list_membership_changes.
    virtual Task<contracts::MembershipChanges> list_changes(contracts::MembershipMark after) = 0;
};

// Who is there, as edge nodes report it.  Each has a lease: what it said is over when it reports
// nothing for a while, by the store's own clock.  Fails with store.unavailable, upstream.*.
class RosterStore {
  public:
    // What is another since the turn before.
    struct Turn {
        std::vector<UserId> new_watchers;  // listen to the presence of others from now on
        std::vector<UserId> gone_watchers;
        std::vector<contracts::Presence> changes;  // each person once, as they are now
    };

    virtual ~RosterStore() = default;
    // False when the node is unknown and the report is not whole: it must first tell everything.
    virtual Task<bool> report(contracts::PresenceReport report) = 0;
    // In the order asked for; offline, without a last visit, who was never there or is forgotten.
    virtual Task<std::vector<contracts::Presence>> list(std::vector<UserId> users) = 0;
    // Ends leases that are over.
    virtual Task<Turn> take_turn() = 0;
    // People remembered; for metrics.
    virtual std::size_t size() const = 0;
};

class WatchersPort {
  public:
    virtual ~WatchersPort() = default;
    // All of `bodies`, each an event as JSON, to each of `watchers`; one publication.
    virtual void tell(std::span<const UserId> watchers,
                      std::span<const std::string_view> bodies) = 0;
};

}  // namespace loquat::presence
