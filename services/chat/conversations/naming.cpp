#include "services/chat/conversations/naming.hpp"

#include "base/log.hpp"
#include "base/unicode/fold.hpp"
#include "services/chat/domain/text.hpp"

namespace loquat::chat {

Task<bool> Naming::wants_title(ChatId chat) {
    const ConversationPtr conversation = co_await parts_.cache.find(chat);
    co_return conversation &&
        (conversation->chat.title.empty() || conversation->chat.title_seq != 0);
}

Task<void> Naming::name_chat(ChatId chat, std::string title) {
    const auto lock = co_await parts_.mutex.lock(chat);
    const ConversationPtr conversation = co_await parts_.cache.find(chat);
    if (!conversation || (!conversation->chat.title.empty() && conversation->chat.title_seq == 0)) {
        co_return;
    }
    ChatRecord named = conversation->chat;
    named.title = to_title(unicode::to_one_way_line(title), parts_.title_characters_max);
    named.title_seq = 0;
    co_await parts_.chats.update(named);
    conversation->chat.title = std::move(named.title);
    conversation->chat.title_seq = 0;
    parts_.publisher.chat_changed(chat);
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
        const bool has_question = conversation && conversation->chat.title_seq != 0;
        if (!conversation || (title_seq != 0 ? !conversation->chat.title.empty() : !has_question)) {
            co_return;
        }
        ChatRecord named = conversation->chat;
        named.title = std::move(title);
        named.title_seq = title_seq;
        co_await parts_.chats.update(named);
        conversation->chat.title = std::move(named.title);
        conversation->chat.title_seq = title_seq;
        parts_.publisher.chat_changed(chat);
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        log_warn({.service = "chat"}, "a conversation was not named by its question",
                 {{"error", aio::describe(error)}});
    }
}

}  // namespace loquat::chat
