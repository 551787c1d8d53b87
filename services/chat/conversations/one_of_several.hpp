#pragma once
#include "aio/scope.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "services/chat/cache/deleted_messages.hpp"
#include "services/chat/cache/last_messages.hpp"
#include "services/chat/conversations/conversation_book.hpp"
#include "services/chat/conversations/conversation_events.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::chat {

// Other instances write to the same database, which decides (docs/adr/0077).  What is in memory is
// dropped when another one tells of a change, and is never older than the cache's age.
class OneOfSeveral final : public ConversationBook, private ConversationCache::Listener {
  public:
    struct Parts {
        ChatStore& chats;
        ConversationCache& cache;
        LastMessages& heads;
        DeletedMessages& deletions;
        ConversationEvents& events;
        store::Broadcast& broadcast;
        runtime::StandingRights& rights;
        aio::Loop& loop;
    };

    OneOfSeveral(Parts parts, std::chrono::milliseconds age_max);

    // Before the first call.
    void start();
    Task<void> stop();

    Task<Judged> change(ConversationPtr conversation, Proposal proposal) override;
    // Others ask the database.
    void note_created(LoadedChat made) override {
        parts_.cache.add(CachedConversation{std::move(made)});
    }
    Task<contracts::MembershipChanges> list_membership_changes(
        contracts::MembershipMark mark) override {
        return parts_.chats.list_membership_changes(std::move(mark));
    }
    Task<std::int64_t> find_marker(Seat seat, std::int64_t known) override;
    // Made of the conversation, the sender, the client id and the text.
    MessageId name_message(const contracts::MessageRecord& record) const override;
    bool sees_all_messages() const override { return false; }

  private:
    void on_told(const std::optional<contracts::ChangedEvent>& event);
    Task<void> tell_soon(ChatId chat, Judged judged);
    void tell(const ChatId& chat, const Judged& judged);
    Task<void> keep_fresh();

    void on_gone(const ChatId& chat, const UserId& user) override;
    void on_assistant_off(const ChatId& chat) override;
    void on_closed(const ChatId& chat) override;

    Parts parts_;
    std::chrono::milliseconds age_max_;
    Uuid name_ = Uuid::make();
    store::Subscription subscription_;
    aio::Scope scope_;
};

}  // namespace loquat::chat
