#pragma once
#include "contracts/chat/membership.hpp"
#include "contracts/chat/records.hpp"
#include "services/chat/cache/conversation_cache.hpp"

namespace loquat::chat {

// Who else decides about conversations: nobody, or other instances on the same database.  All that
// a use case must not know of it is here.  One loop.
class ConversationBook {
  public:
    virtual ~ConversationBook() = default;

    // Whoever calls it holds the lock of the conversation, which is as the change left it when this
    // returns.  Throws chat.not_found for one that is no more, what the judge throws, and as
    // ChatStore.
    virtual Task<Judged> change(ConversationPtr conversation, Proposal proposal) = 0;
    // One that was just made here.
    virtual void note_created(LoadedChat made) = 0;

    // Of memberships, whoever made them; what was acknowledged before the call is among them.
    virtual Task<contracts::MembershipChanges> list_membership_changes(
        contracts::MembershipMark mark) = 0;
    // How far somebody has read at least; `known` is what is in memory.
    virtual Task<std::int64_t> find_marker(Seat seat, std::int64_t known) = 0;

    // The id of a message that is about to be appended.  A repeat has the same, where it may be
    // taken by somebody who does not know of the first one.
    virtual MessageId name_message(const contracts::MessageRecord& record) const = 0;
    // All messages come through here.
    virtual bool sees_all_messages() const = 0;
};

}  // namespace loquat::chat
