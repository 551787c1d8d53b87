#include "services/chat/conversations/naming.hpp"

#include "base/log.hpp"
#include "base/unicode/fold.hpp"
#include "services/chat/domain/text.hpp"

namespace loquat::chat {
namespace {

bool is_given(const ChatRecord& chat) { return !chat.title.empty() && chat.title_seq == 0; }

// A question's title where there is none; none (0) where there is a question's.
bool takes(const ChatRecord& chat, std::int64_t title_seq) {
    return title_seq != 0 ? chat.title.empty() : chat.title_seq != 0;
}

ChatChange to_titled(const ChatRecord& chat, const std::string& title, std::int64_t title_seq) {
    ChatChange change;
    change.settings = chat;
    change.settings->title = title;
    change.settings->title_seq = title_seq;
    return change;
}

}  // namespace

Task<bool> Naming::wants_title(ChatId chat) {
    const ConversationPtr conversation = co_await parts_.cache.find(chat);
    co_return conversation &&
        (conversation->chat.title.empty() || conversation->chat.title_seq != 0);
}

Task<void> Naming::name_chat(ChatId chat, std::string title) {
    const auto lock = co_await parts_.mutex.lock(chat);
    const ConversationPtr conversation = co_await parts_.cache.find(chat);
    if (!conversation || is_given(conversation->chat)) {
        co_return;
    }
    Proposal proposal;
    proposal.judge = [title = to_title(unicode::to_one_way_line(title),
                                       parts_.title_characters_max)](const LoadedChat& now) {
        return is_given(now.chat) ? ChatChange{} : to_titled(now.chat, title, 0);
    };
    const Judged judged = co_await parts_.book.change(conversation, std::move(proposal));
    if (!judged.change.is_none()) {
        parts_.publisher.chat_changed(chat);
    }
}

// The words of a deleted question do not stay as a title.
void Naming::on_stored(const CachedConversation& conversation,
                       const contracts::StoredEvent& event) {
    if (conversation.chat.kind != ChatKind::assistant) {
        return;
    }
    const contracts::StoredMessage& message = event.message;
    const bool is_person = message.sender.kind == contracts::ParticipantKind::person;
    if (event.kind == contracts::OutcomeKind::stored && is_person &&
        conversation.chat.title.empty()) {
        std::string title = to_question_title(message.text, parts_.title_characters_max);
        parts_.scope.start(change_title(message.chat, std::move(title), message.seq));
    } else if (event.kind == contracts::OutcomeKind::deleted &&
               conversation.chat.title_seq == message.seq) {
        parts_.scope.start(change_title(message.chat, {}, 0));
    }
}

// From no title to that of a question, or back.
Task<void> Naming::change_title(ChatId chat, std::string title, std::int64_t title_seq) {
    std::exception_ptr error;
    try {
        const auto lock = co_await parts_.mutex.lock(chat);
        const ConversationPtr conversation = co_await parts_.cache.find(chat);
        if (!conversation || !takes(conversation->chat, title_seq)) {
            co_return;
        }
        Proposal proposal;
        proposal.judge = [title = std::move(title), title_seq](const LoadedChat& now) {
            return takes(now.chat, title_seq) ? to_titled(now.chat, title, title_seq)
                                              : ChatChange{};
        };
        const Judged judged = co_await parts_.book.change(conversation, std::move(proposal));
        if (!judged.change.is_none()) {
            parts_.publisher.chat_changed(chat);
        }
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        log_warn({.service = "chat"}, "a conversation was not named by its question",
                 {{"error", aio::describe(error)}});
    }
}

}  // namespace loquat::chat
