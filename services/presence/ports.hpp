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

class WatchersPort {
  public:
    virtual ~WatchersPort() = default;
    // All of `bodies`, each an event as JSON, to each of `watchers`; one publication.
    virtual void tell(std::span<const UserId> watchers,
                      std::span<const std::string_view> bodies) = 0;
};

}  // namespace loquat::presence
