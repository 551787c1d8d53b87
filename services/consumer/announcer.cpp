#include "services/consumer/announcer.hpp"

#include "contracts/chat/broadcasts.hpp"
#include "contracts/chat/records.hpp"
#include "store/broadcast/publish.hpp"

namespace loquat::consumer {
namespace {

using contracts::OutcomeKind;

bool is_change(OutcomeKind kind) {
    return kind == OutcomeKind::stored || kind == OutcomeKind::edited ||
           kind == OutcomeKind::deleted;
}

}  // namespace

void Announcer::announce_change(OutcomeKind kind, const contracts::StoredMessage& message) {
    const auto event = contracts::message_told(kind, contracts::to_message(message));
    store::publish(broadcast_, contracts::topics::chat_room, message.chat, event);
    store::publish(broadcast_, contracts::topics::chat_stored, {kind, message});
}

void Announcer::announce(const contracts::MessageRecord& record, contracts::Outcome outcome) {
    if (is_change(outcome.kind)) {
        announce_change(outcome.kind, outcome.message);
    }
    if (!record.origin.empty()) {
        const contracts::OutcomeEvent event{record.origin_ref, std::move(outcome)};
        store::publish(broadcast_, contracts::topics::chat_outcome, record.origin, event);
    }
}

}  // namespace loquat::consumer
