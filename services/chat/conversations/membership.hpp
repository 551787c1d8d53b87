#pragma once
#include "contracts/chat/chat.hpp"
#include "runtime/rights/audit_trail.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "services/chat/cache/conversation_mutex.hpp"
#include "services/chat/cache/write_behind.hpp"
#include "services/chat/config.hpp"
#include "services/chat/conversations/conversation_book.hpp"
#include "services/chat/conversations/conversation_events.hpp"
#include "services/chat/conversations/event_publisher.hpp"

namespace loquat::chat {

// Who is in a conversation, as what: who comes, goes and gets another role.
class Membership {
  public:
    struct Parts {
        ConversationBook& book;
        ConversationCache& cache;
        ConversationMutex& mutex;
        LastMessages& heads;
        DeletedMessages& deletions;
        WriteBehind& unsaved;
        People& people;
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

    // What follows from a change that was made, of members, roles or of the whole conversation.
    void tell(const CachedConversation& conversation, const Judged& judged);

  private:
    Task<MemberRecord> make_newcomer(ChatId chat, UserId user, MemberRole role);
    void tell_newcomer(const CachedConversation& conversation, const UserId& user);
    void tell_leaver(const CachedConversation& conversation, const UserId& user);
    void tell_end(const ChatId& chat, const std::vector<MemberRecord>& members);
    Task<void> remove(contracts::Caller caller, ChatId chat, UserId user);

    Parts parts_;
};

}  // namespace loquat::chat
