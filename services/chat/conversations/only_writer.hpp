#pragma once
#include "services/chat/conversations/conversation_book.hpp"
#include "services/chat/domain/membership_feed.hpp"

namespace loquat::chat {

// Nobody else: what is in memory is what there is.
class OnlyWriter final : public ConversationBook {
  public:
    OnlyWriter(ChatStore& chats, ConversationCache& cache) : chats_(chats), cache_(cache) {}

    Task<Judged> change(ConversationPtr conversation, Proposal proposal) override;
    void note_created(LoadedChat made) override;
    Task<contracts::MembershipChanges> list_membership_changes(
        contracts::MembershipMark mark) override {
        co_return feed_.list_after(mark);
    }
    Task<std::int64_t> find_marker(Seat, std::int64_t known) override { co_return known; }
    MessageId name_message(const contracts::MessageRecord&) const override {
        return MessageId::make();
    }
    bool sees_all_messages() const override { return true; }

  private:
    ChatStore& chats_;
    ConversationCache& cache_;
    MembershipFeed feed_;
};

}  // namespace loquat::chat
