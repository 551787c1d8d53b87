#include "services/consumer/announcer.hpp"

#include "contracts/events.hpp"
#include "store/messages/room_event.hpp"
#include "store/messages/wire_form.hpp"

namespace loquat::consumer {
namespace {

using store::OutcomeKind;

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

void Announcer::announce_change(OutcomeKind kind, const store::StoredMessage& message) {
    store::RoomEvent event;
    event.type = event_type(kind);
    event.seq = kind == OutcomeKind::stored ? message.seq : 0;
    event.subject = message.sender.id;
    event.mentions = message.mentions;
    event.body = contracts::message_event(event.type, store::to_wire(message));
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
