#include "services/chat/conversations/only_writer.hpp"

#include "services/chat/domain/failures.hpp"

namespace loquat::chat {

Task<Judged> OnlyWriter::change(ConversationPtr conversation, Proposal proposal) {
    const ChatId id = conversation->chat.id;
    auto judged = co_await chats_.change(id, std::move(proposal));
    if (!judged) {
        throw chat_not_found();
    }
    cache_.apply(*conversation, *judged);
    const ChatChange& change = judged->change;
    if (change.is_end) {
        feed_.note({id, std::nullopt, false});
        co_return std::move(*judged);
    }
    if (change.newcomer) {
        feed_.note({id, change.newcomer->user, true});
    }
    if (change.leaver) {
        feed_.note({id, *change.leaver, false});
    }
    co_return std::move(*judged);
}

void OnlyWriter::note_created(LoadedChat made) {
    for (const MemberRecord& member : made.members) {
        feed_.note({made.chat.id, member.user, true});
    }
    cache_.add(CachedConversation{std::move(made)});
}

}  // namespace loquat::chat
