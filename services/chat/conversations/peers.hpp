#pragma once
#include "contracts/chat/chat.hpp"
#include "services/chat/conversations/conversation_book.hpp"
#include "services/chat/ports.hpp"

namespace loquat::chat {

// Who is in which conversations, for services that show people to one another.
class Peers {
  public:
    Peers(ChatStore& chats, ConversationBook& book) : chats_(chats), book_(book) {}

    Task<contracts::PeerIds> filter_peers(contracts::Caller caller,
                                          contracts::PeopleRequest request);
    Task<contracts::MembershipList> list_memberships(contracts::PeopleRequest request);
    Task<contracts::MembershipChanges> list_changes(contracts::MembershipMark mark) {
        return book_.list_membership_changes(std::move(mark));
    }

  private:
    ChatStore& chats_;
    ConversationBook& book_;
};

}  // namespace loquat::chat
