#include "services/chat/domain/membership_feed.hpp"

namespace loquat::chat {

void MembershipFeed::note(contracts::MembershipChange change) {
    if (std::ssize(changes_) == changes_max) {
        changes_.pop_front();
    }
    changes_.push_back(std::move(change));
    ++last_number_;
}

contracts::MembershipChanges MembershipFeed::list_after(
    const contracts::MembershipMark& mark) const {
    contracts::MembershipChanges answer;
    answer.mark = {name_, last_number_};
    const std::int64_t missing = last_number_ - mark.number;
    answer.complete =
        mark.feed == name_ && missing >= 0 && missing <= static_cast<std::int64_t>(changes_.size());
    if (answer.complete) {
        answer.items.assign(changes_.end() - missing, changes_.end());
    }
    return answer;
}

}  // namespace loquat::chat
