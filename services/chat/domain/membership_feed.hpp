#pragma once
#include <deque>

#include "contracts/chat/membership.hpp"

namespace loquat::chat {

// The latest changes of memberships, in their order, for those who keep what they read of
// memberships: they ask what changed since, instead of reading again or being told.  In memory; a
// restart begins another feed.
class MembershipFeed {
  public:
    static constexpr std::int64_t changes_max = 16'384;

    // Before the change is acknowledged.
    void note(contracts::MembershipChange change);
    contracts::MembershipChanges list_after(const contracts::MembershipMark& mark) const;

  private:
    std::string name_ = Uuid::make().to_string();
    std::int64_t last_number_ = 0;
    std::deque<contracts::MembershipChange> changes_;
};

}  // namespace loquat::chat
