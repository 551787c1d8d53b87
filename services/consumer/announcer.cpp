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

void Announcer::announce_change(const contracts::Outcome& outcome, Telling telling) {
    const contracts::StoredMessage& message = outcome.message;
    const auto event = contracts::message_told(outcome.kind, contracts::to_message(message));
    store::publish(broadcast_, contracts::topics::chat_room, message.chat, event);
    store::publish(broadcast_, contracts::topics::chat_stored,
                   {outcome.kind, message, telling == Telling::again});
}

void Announcer::announce(const contracts::MessageRecord& record, contracts::Outcome outcome,
                         Telling telling) {
    if (is_change(outcome.kind)) {
        announce_change(outcome, telling);
    }
    if (!record.origin.empty()) {
        const contracts::OutcomeEvent event{record.origin_ref, std::move(outcome)};
        store::publish(broadcast_, contracts::topics::chat_outcome, record.origin, event);
    }
}

}  // namespace loquat::consumer
