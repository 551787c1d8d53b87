#pragma once
#include "contracts/chat/chat.hpp"
#include "runtime/rights/audit_trail.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "services/chat/cache/conversation_mutex.hpp"
#include "services/chat/cache/write_behind.hpp"
#include "services/chat/config.hpp"
#include "services/chat/conversations/conversation_events.hpp"
#include "services/chat/conversations/event_publisher.hpp"
#include "services/chat/conversations/membership_feed.hpp"

namespace loquat::chat {

// Who is in a conversation, as what: who comes, goes and gets another role.
class Membership {
  public:
    struct Parts {
        ChatStore& chats;
        ConversationCache& cache;
        ConversationMutex& mutex;
        LastMessages& heads;
        DeletedMessages& deletions;
        WriteBehind& unsaved;
        People& people;
        MembershipFeed& feed;
        EventPublisher& publisher;
        ConversationEvents& events;
        runtime::StandingRights& rights;
        runtime::AuditTrail& audit;
        const Clock& clock;
        const ChatConfig& config;
    };

    explicit Membership(Parts parts) : parts_(parts) {}

    Task<void> join_chat(contracts::Caller caller, contracts::ChatRef request);
    Task<void> leave_chat(contracts::Caller caller, contracts::ChatRef request);
    Task<contracts::Page<contracts::Member>> list_members(contracts::Caller caller,
                                                          contracts::ListMembersRequest request);
    Task<contracts::Member> put_member(contracts::Caller caller,
                                       contracts::PutMemberRequest request);
    Task<void> remove_member(contracts::Caller caller, contracts::MemberRef request);

    // Whoever calls these holds the conversation's lock.
    Task<void> drop_member(ConversationPtr conversation, UserId user);
    // Nobody is in it any more.
    Task<void> destroy(ConversationPtr conversation);

  private:
    Task<void> add_member(ConversationPtr conversation, UserId user, MemberRole role);
    Task<void> change_role(ConversationPtr conversation, UserId actor,
                           contracts::PutMemberRequest request);
    Task<void> leave(ConversationPtr conversation, contracts::Caller caller);

    Parts parts_;
};

}  // namespace loquat::chat
