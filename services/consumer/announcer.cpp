#include "services/consumer/announcer.hpp"

#include "contracts/events.hpp"
#include "store/messages/room_event.hpp"

namespace loquat::consumer {
namespace {

using store::OutcomeKind;

contracts::ParticipantKind to_contract(store::SenderKind kind) {
    switch (kind) {
        case store::SenderKind::assistant:
            return contracts::ParticipantKind::assistant;
        case store::SenderKind::system:
            return contracts::ParticipantKind::system;
        case store::SenderKind::person:
            break;
    }
    return contracts::ParticipantKind::person;
}

std::string_view event_type(OutcomeKind kind) {
    switch (kind) {
        case OutcomeKind::edited:
            return "message_edited";
        case OutcomeKind::deleted:
            return "message_deleted";
        default:
            return "message";
    }
}

bool is_change(OutcomeKind kind) {
    return kind == OutcomeKind::stored || kind == OutcomeKind::edited ||
           kind == OutcomeKind::deleted;
}

}  // namespace

contracts::Message to_contract(const store::StoredMessage& message) {
    contracts::Message out;
    out.id = message.id;
    out.chat_id = message.chat;
    out.seq = message.seq;
    out.client_id = message.client_id;
    out.sender = {.id = message.sender.id,
                  .username = message.sender.username,
                  .display_name = message.sender.display_name,
                  .kind = to_contract(message.sender.kind),
                  .name_shared = message.sender.is_name_shared};
    out.text = message.text;
    out.reply_to = message.reply_to;
    out.mentions = message.mentions;
    out.created_at = message.created_at;
    out.edited_at = message.edited_at;
    out.deleted_at = message.deleted_at;
    out.preview = contracts::preview_of_text(message.text);
    if (!message.generation_id.empty()) {
        out.generationId = message.generation_id;
    }
    return out;
}

void Announcer::announce_change(OutcomeKind kind, const store::StoredMessage& message) {
    store::RoomEvent event;
    event.type = event_type(kind);
    event.seq = kind == OutcomeKind::stored ? message.seq : 0;
    event.subject = message.sender.id;
    event.body = contracts::message_event(event.type, to_contract(message));
    broadcast_.publish(store::room_topic(message.chat), store::encode(event));
    const store::StoredEvent stored{kind, message};
    broadcast_.publish(store::stored_topic, store::encode(stored));
}

void Announcer::announce(const store::MessageRecord& record, store::Outcome outcome) {
    if (is_change(outcome.kind)) {
        announce_change(outcome.kind, outcome.message);
    }
    if (!record.origin.empty()) {
        const store::OutcomeEvent event{record.origin_ref, std::move(outcome)};
        broadcast_.publish(store::outcome_topic(record.origin), store::encode(event));
    }
}

}  // namespace loquat::consumer
