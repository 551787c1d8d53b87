#include "services/chat/messages/message_changes.hpp"

#include "services/chat/conversations/audit.hpp"
#include "services/chat/domain/failures.hpp"
#include "services/chat/domain/text.hpp"
#include "services/chat/messages/message_records.hpp"
#include "services/chat/messages/sender.hpp"

namespace loquat::chat {

Task<contracts::StoredMessage> MessageChanges::get_stored(ChatId chat, MessageId id) {
    auto found = co_await parts_.messages.find_by_id(id);
    if (!found || found->chat != chat) {
        throw message_not_found();
    }
    co_return std::move(*found);
}

// The message, where the store has it as `record` wants it.  Throws `message.deleted` for an edit
// that comes after a removal.
Task<std::optional<contracts::StoredMessage>> MessageChanges::find_done(
    contracts::MessageRecord record) {
    std::optional<contracts::StoredMessage> now;
    try {
        now = co_await parts_.messages.find_by_id(record.message_id);
    } catch (const Failure&) {
        now.reset();  // asked again in a moment, and what is late is said to be
    }
    if (!now) {
        co_return std::nullopt;
    }
    const bool is_removal = record.kind == contracts::RecordKind::remove;
    if (!is_removal && now->deleted_at) {
        throw message_deleted();
    }
    const bool is_done = is_removal ? now->deleted_at.has_value() : now->text == record.text;
    co_return is_done ? std::move(now) : std::nullopt;
}

Task<contracts::Message> MessageChanges::apply_change(contracts::MessageRecord record,
                                                      Steady deadline) {
    PendingOutcomes::Ticket ticket{parts_.outcomes};
    record.origin = parts_.outcomes.origin();
    record.origin_ref = ticket.ref();
    co_await append_record(parts_.log, record);
    using Arrival = PendingOutcomes::Arrival;
    Arrival arrival = co_await ticket.wait_until(deadline);
    while (arrival != Arrival::arrived) {
        // Also at the deadline: that nobody is heard may not be known yet.
        auto done = co_await find_done(record);
        if (done) {
            contracts::Message seen = co_await parts_.people.show(*std::move(done));
            co_return seen;
        }
        if (arrival == Arrival::late) {
            parts_.metrics.late.add();
            throw Failure{Kind::timed_out, "upstream.timeout",
                          "The change is recorded and will be seen shortly; the store did not "
                          "answer in time."};
        }
        arrival = co_await ticket.wait_until(deadline);
    }
    contracts::Outcome& outcome = ticket.outcome();
    if (outcome.kind == contracts::OutcomeKind::refused) {
        throw_refused(outcome);
    }
    parts_.stored.on_stored({outcome.kind, outcome.message});
    contracts::Message seen = co_await parts_.people.show(std::move(outcome.message));
    co_return seen;
}

Task<contracts::Message> MessageChanges::edit_message(contracts::Caller caller,
                                                      contracts::EditMessageRequest request) {
    const Steady deadline = store_deadline(caller, parts_.config.store_wait_ms);
    const UserId user = caller.user_id();
    co_await parts_.cache.get(request.id, user, Action::send);
    contracts::MessageRecord record;
    record.text = to_message_text(std::move(request.text), parts_.config.text_characters_max);
    const contracts::StoredMessage stored = co_await get_stored(request.id, request.message_id);
    if (stored.sender.id != user) {
        throw forbidden("Only the sender may edit a message.");
    }
    if (stored.deleted_at) {
        throw message_deleted();
    }
    record.kind = contracts::RecordKind::edit;
    record.chat = request.id;
    record.message_id = request.message_id;
    record.sender = co_await find_sender(parts_.people, caller);
    record.mentions = co_await parts_.mentions.resolve(record.text, request.id);
    record.at = parts_.clock.now();
    // Perhaps removed meanwhile.
    co_await parts_.cache.get(request.id, user, Action::send);
    co_return co_await apply_change(std::move(record), deadline);
}

Task<contracts::Message> MessageChanges::delete_message(contracts::Caller caller,
                                                        contracts::MessageRef request) {
    const Steady deadline = store_deadline(caller, parts_.config.store_wait_ms);
    const UserId user = caller.user_id();
    co_await parts_.cache.get(request.id, user, Action::read);
    contracts::StoredMessage stored = co_await get_stored(request.id, request.message_id);
    const bool is_own = stored.sender.id == user;
    const Action action = is_own ? Action::take_back : Action::moderate;
    co_await parts_.cache.get(request.id, user, action);
    if (stored.deleted_at) {
        contracts::Message seen = co_await parts_.people.show(std::move(stored));
        co_return seen;
    }
    contracts::MessageRecord record;
    record.kind = contracts::RecordKind::remove;
    record.chat = request.id;
    record.message_id = request.message_id;
    record.sender = co_await find_sender(parts_.people, caller);
    if (!is_own) {
        // The consumer, who tells of it, knows no names.
        record.author = co_await parts_.people.with_present_name(std::move(stored.sender));
    }
    record.authority = is_own ? contracts::Authority::sender : contracts::Authority::moderator;
    record.at = parts_.clock.now();
    contracts::Message deleted = co_await apply_change(std::move(record), deadline);
    if (!is_own) {
        note_act(parts_.audit, caller, "chat.message_deleted", request.id, request.message_id.uuid);
    }
    co_return deleted;
}

}  // namespace loquat::chat
