#include "base/log.hpp"
#include "base/unicode/fold.hpp"
#include "services/chat/chat.hpp"
#include "services/chat/domain/text.hpp"

// Titles that nobody gave: of a conversation's first question at once, later of a model.
namespace loquat::chat {

Task<bool> Chat::wants_title(ChatId chat) {
    const RoomPtr room = co_await rooms_.find(chat);
    co_return room && (room->chat.title.empty() || room->chat.title_seq != 0);
}

Task<void> Chat::name_chat(ChatId chat, std::string title) {
    const ConversationLock lock = co_await changes_.lock(chat);
    const RoomPtr room = co_await rooms_.find(chat);
    if (!room || (!room->chat.title.empty() && room->chat.title_seq == 0)) {
        co_return;
    }
    ChatRecord named = room->chat;
    named.title = to_title(unicode::to_one_way_line(title),
                           static_cast<std::size_t>(config_.title_characters_max));
    named.title_seq = 0;
    co_await ports_.chats.update(named);
    room->chat.title = std::move(named.title);
    room->chat.title_seq = 0;
    announcer_.chat_changed(chat);
}

// The words of a deleted question do not stay as a title.
void Chat::name_by_question(const Room& room, const contracts::StoredEvent& event) {
    if (room.chat.kind != ChatKind::assistant) {
        return;
    }
    const contracts::StoredMessage& message = event.message;
    const bool is_person = message.sender.kind == contracts::ParticipantKind::person;
    if (event.kind == contracts::OutcomeKind::stored && is_person && room.chat.title.empty()) {
        std::string title =
            to_question_title(message.text, static_cast<std::size_t>(config_.title_characters_max));
        scope_.start(change_title(message.chat, std::move(title), message.seq));
    } else if (event.kind == contracts::OutcomeKind::deleted &&
               room.chat.title_seq == message.seq) {
        scope_.start(change_title(message.chat, {}, 0));
    }
}

// From no title to that of a question, or back.
Task<void> Chat::change_title(ChatId chat, std::string title, std::int64_t title_seq) {
    std::exception_ptr error;
    try {
        const ConversationLock lock = co_await changes_.lock(chat);
        const RoomPtr room = co_await rooms_.find(chat);
        const bool has_question = room && room->chat.title_seq != 0;
        if (!room || (title_seq != 0 ? !room->chat.title.empty() : !has_question)) {
            co_return;
        }
        ChatRecord named = room->chat;
        named.title = std::move(title);
        named.title_seq = title_seq;
        co_await ports_.chats.update(named);
        room->chat.title = std::move(named.title);
        room->chat.title_seq = title_seq;
        announcer_.chat_changed(chat);
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        log_warn({.service = "chat"}, "a conversation was not named by its question",
                 {{"error", aio::describe(error)}});
    }
}

}  // namespace loquat::chat
