#include "services/chat/chat.hpp"

namespace loquat::chat {

Task<contracts::PeerIds> Chat::filter_peers(Caller caller, contracts::PeopleRequest request) {
    contracts::PeerIds answer;
    answer.ids = co_await ports_.chats.filter_peers(caller.user_id(), std::move(request.user_ids));
    co_return answer;
}

Task<contracts::MembershipList> Chat::list_memberships(Caller, contracts::PeopleRequest request) {
    auto all = co_await ports_.chats.list_memberships(request.user_ids);
    contracts::MembershipList answer;
    for (std::size_t i = 0; i < all.size(); ++i) {
        answer.items.push_back({request.user_ids[i], std::move(all[i])});
    }
    co_return answer;
}

Task<contracts::MembershipChanges> Chat::list_membership_changes(
    Caller, contracts::MembershipMark request) {
    co_return membership_feed_.list_after(request);
}

}  // namespace loquat::chat
