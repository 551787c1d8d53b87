#pragma once
#include "contracts/chat/chat.hpp"
#include "services/chat/conversations/membership_feed.hpp"
#include "services/chat/ports.hpp"

namespace loquat::chat {

// Who is in which conversations, for services that show people to one another.
class Peers {
  public:
    Peers(ChatStore& chats, const MembershipFeed& feed) : chats_(chats), feed_(feed) {}

    Task<contracts::PeerIds> filter_peers(contracts::Caller caller,
                                          contracts::PeopleRequest request);
    Task<contracts::MembershipList> list_memberships(contracts::PeopleRequest request);
    contracts::MembershipChanges list_changes(const contracts::MembershipMark& mark) const {
        return feed_.list_after(mark);
    }

  private:
    ChatStore& chats_;
    const MembershipFeed& feed_;
};

}  // namespace loquat::chat
