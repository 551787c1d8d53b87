#include "services/chat/conversations/peers.hpp"

namespace loquat::chat {

Task<contracts::PeerIds> Peers::filter_peers(contracts::Caller caller,
                                             contracts::PeopleRequest request) {
    contracts::PeerIds answer;
    answer.ids = co_await chats_.filter_peers(caller.user_id(), std::move(request.user_ids));
    co_return answer;
}

Task<contracts::MembershipList> Peers::list_memberships(contracts::PeopleRequest request) {
    auto all = co_await chats_.list_memberships(request.user_ids);
    contracts::MembershipList answer;
    for (std::size_t i = 0; i < all.size(); ++i) {
        answer.items.push_back({request.user_ids[i], std::move(all[i])});
    }
    co_return answer;
}

}  // namespace loquat::chat
