#include "services/chat/messages/stored_changes.hpp"
#include "store/broadcast/subscribe.hpp"

#include <algorithm>

namespace loquat::chat {

void StoredChanges::start() {
    auto on_told = [this](const std::optional<contracts::StoredEvent>& event) {
        if (event) {
            on_stored(*event);
            parts_.events.stored(*event);
        } else {
            parts_.heads.clear();
            parts_.deletions.clear();
        }
    };
    subscription_ =
        store::subscribe(parts_.broadcast, contracts::topics::chat_stored, std::move(on_told));
}

void StoredChanges::on_stored(const contracts::StoredEvent& event) {
    parts_.heads.on_stored(event);
    parts_.deletions.on_stored(event);
    CachedConversation* conversation = parts_.cache.peek_any(event.message.chat);
    if (conversation != nullptr) {
        parts_.naming.on_stored(*conversation, event);
    }
    if (event.kind != contracts::OutcomeKind::stored) {
        return;
    }
    const contracts::StoredMessage& message = event.message;
    // It has its place already, or had the one of its time.
    const Time place =
        event.is_retold ? message.created_at : parts_.activity.place_of(message.created_at);
    parts_.unsaved.note_activity(message.chat, place, conversation);
    if (conversation != nullptr) {
        conversation->chat.active_at = std::max(conversation->chat.active_at, place);
    }
    if (message.sender.kind != contracts::ParticipantKind::person) {
        return;
    }
    parts_.unsaved.note_marker({message.chat, message.sender.id}, message.seq);
    if (MemberRecord* member =
            conversation != nullptr ? conversation->find(message.sender.id) : nullptr) {
        member->read_seq = std::max(member->read_seq, message.seq);
    }
}

}  // namespace loquat::chat
