#include "services/chat/messages/posting.hpp"

#include "services/chat/domain/failures.hpp"
#include "services/chat/domain/text.hpp"
#include "services/chat/messages/message_records.hpp"
#include "services/chat/messages/sender.hpp"

namespace loquat::chat {

Posting::Posting(Parts parts)
    : parts_(parts), repeats_(parts.config.repeats_cached_max), began_at_(parts.clock.now()) {}

Task<void> Posting::check_reply(ChatId chat, MessageId reply_to) {
    const auto found = co_await parts_.messages.find_by_id(reply_to);
    if (!found || found->chat != chat) {
        throw invalid_field("reply_to", "unknown_message",
                            "must be a message of this conversation");
    }
}

// Everything on the usual way is in memory: this runs tens of thousands of times a second.
Task<Posting::Draft> Posting::make_draft(const contracts::Caller& caller,
                                         contracts::PostMessageRequest request,
                                         KnowsRepeats knows) {
    const UserId user = caller.user_id();
    const CachedConversation* conversation = parts_.cache.peek(request.id);
    if (conversation == nullptr || !may(Action::send, conversation->standing_of(user))) {
        co_await parts_.cache.get(request.id, user, Action::send);
    }
    check_client_id(request.client_id);
    bool has_waited = false;
    Draft draft;
    contracts::MessageRecord& record = draft.record;
    record.text = to_message_text(std::move(request.text), parts_.config.text_characters_max);
    record.chat = request.id;
    if (request.reply_to) {
        has_waited = true;
        co_await check_reply(request.id, *request.reply_to);
        record.reply_to = request.reply_to;
    }
    if (record.text.find('@') != std::string::npos) {
        has_waited = true;
        record.mentions = co_await parts_.mentions.resolve(record.text, request.id);
    }
    if (const contracts::PublicUser* known = parts_.people.peek(user)) {
        record.sender = to_sender(*known);
    } else {
        has_waited = true;
        record.sender = co_await find_sender(parts_.people, caller);
    }
    draft.repeat_key = repeats_.key_of({request.id, user}, request.client_id);
    record.client_id = std::move(request.client_id);
    draft.text_hash = fingerprint(record.text);
    if (knows == KnowsRepeats::here && repeats_.find(draft.repeat_key) == nullptr &&
        !is_remembered_whole(request.id)) {
        has_waited = true;
        co_await recall_repeat(draft);
    }
    if (has_waited) {
        // Perhaps removed meanwhile.
        co_await parts_.cache.get(request.id, user, Action::send);
    }
    // From here to the note there is no wait: of two repeats at once the second sees the first.
    if (const DedupCache::Sent* sent = repeats_.find(draft.repeat_key)) {
        if (sent->text_hash != draft.text_hash) {
            parts_.metrics.conflicts.add();
            throw client_id_conflict();
        }
        record.message_id = sent->id;
        record.at = sent->at;
        draft.is_durable = sent->is_durable;
    } else {
        record.message_id = parts_.book.name_message(record);
        record.at = parts_.clock.now();
        repeats_.note(draft.repeat_key, {record.message_id, record.at, draft.text_hash, false});
    }
    co_return draft;
}

// All client ids of a conversation that was made by this process are in memory, or too many came
// after them: then the store keeps a message that was promised under a client id of its own.
bool Posting::is_remembered_whole(const ChatId& chat) {
    const CachedConversation* conversation = parts_.cache.peek_any(chat);
    return parts_.book.sees_all_messages() && conversation != nullptr &&
           conversation->chat.created_at > began_at_;
}

// What the store knows of the draft's client id, for the memory.
Task<void> Posting::recall_repeat(const Draft& draft) {
    const contracts::MessageRecord& record = draft.record;
    auto repeat = co_await parts_.messages.find_repeat(
        record.chat, record.sender.id, record.client_id, store::text_sum(record.text));
    if (repeat && repeat->kind == contracts::OutcomeKind::conflict) {
        parts_.metrics.conflicts.add();
        throw client_id_conflict();
    }
    if (repeat && repeats_.find(draft.repeat_key) == nullptr) {
        repeats_.note(draft.repeat_key,
                      {repeat->message.id, repeat->message.created_at, draft.text_hash, true});
    }
}

Task<void> Posting::append_draft(Draft& draft) {
    const contracts::MessageRecord& record = draft.record;
    std::exception_ptr error;
    try {
        co_await append_record(parts_.log, record);
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        repeats_.forget_pending(draft.repeat_key, record.message_id);
        std::rethrow_exception(error);
    }
    repeats_.note(draft.repeat_key, {record.message_id, record.at, draft.text_hash, true});
    parts_.metrics.accepted.add();
}

Task<contracts::Accepted> Posting::accept_message(contracts::Caller caller,
                                                  contracts::PostMessageRequest request) {
    Draft draft = co_await make_draft(caller, std::move(request), KnowsRepeats::here);
    if (draft.is_durable) {
        parts_.metrics.repeated.add();
    } else {
        co_await append_draft(draft);
    }
    co_return contracts::Accepted{draft.record.message_id, draft.record.at};
}

Task<void> Posting::append_drafts(std::vector<Draft>& drafts, contracts::AcceptMode mode) {
    std::vector<store::KeyedPayload> records;
    for (const Draft& draft : drafts) {
        if (!draft.is_durable) {
            records.push_back({draft.record.chat.to_string(), contracts::encode(draft.record)});
        }
    }
    std::exception_ptr error;
    try {
        if (mode == contracts::AcceptMode::all_or_none) {
            co_await parts_.log.append_all(std::string{contracts::records::messages.topic},
                                           std::move(records));
        } else {
            co_await store::append_in_groups(
                parts_.log, std::string{contracts::records::messages.topic}, std::move(records));
        }
    } catch (...) {
        error = std::current_exception();
    }
    for (const Draft& draft : drafts) {
        const contracts::MessageRecord& record = draft.record;
        if (draft.is_durable) {
            parts_.metrics.repeated.add();
        } else if (error) {
            repeats_.forget_pending(draft.repeat_key, record.message_id);
        } else {
            repeats_.note(draft.repeat_key, {record.message_id, record.at, draft.text_hash, true});
            parts_.metrics.accepted.add();
        }
    }
    if (error) {
        std::rethrow_exception(error);
    }
}

Task<contracts::AcceptedMessages> Posting::accept_messages(
    contracts::Caller caller, contracts::AcceptMessagesRequest request) {
    contracts::AcceptedMessages answer;
    std::vector<Draft> drafts;
    for (contracts::PostMessageRequest& item : request.items) {
        try {
            drafts.push_back(co_await make_draft(caller, std::move(item), KnowsRepeats::here));
        } catch (const Failure& failure) {
            answer.refused = {http_status(failure.kind), failure.code, failure.message};
        }
        if (answer.refused) {
            break;
        }
    }
    if (answer.refused && request.mode == contracts::AcceptMode::all_or_none) {
        for (const Draft& draft : drafts) {
            if (!draft.is_durable) {
                repeats_.forget_pending(draft.repeat_key, draft.record.message_id);
            }
        }
        co_return answer;
    }
    co_await append_drafts(drafts, request.mode);
    answer.accepted = static_cast<std::int64_t>(drafts.size());
    co_return answer;
}

Task<contracts::ImportedMessages> Posting::import_messages(
    contracts::Caller caller, contracts::ImportMessagesRequest request) {
    contracts::ImportedMessages answer;
    std::vector<Draft> drafts;
    drafts.reserve(request.items.size());
    for (std::size_t i = 0; i < request.items.size(); ++i) {
        contracts::SentMessage& item = request.items[i];
        caller.user = item.sender_id;
        caller.username = std::move(item.sender_name);
        try {
            drafts.push_back(
                co_await make_draft(caller, std::move(item.message), KnowsRepeats::here));
        } catch (const Failure& failure) {
            const bool is_refusal = http_status(failure.kind) < 500;
            if (!is_refusal) {
                throw;
            }
            answer.refused.push_back({static_cast<std::int64_t>(i), failure.code, failure.message});
        }
    }
    co_await append_drafts(drafts, contracts::AcceptMode::up_to_refused);
    co_return answer;
}

Task<contracts::Reply<contracts::Message>> Posting::post_message(
    contracts::Caller caller, contracts::PostMessageRequest request) {
    const Steady deadline = store_deadline(caller, parts_.config.store_wait_ms);
    Draft draft = co_await make_draft(caller, std::move(request), KnowsRepeats::consumer);
    contracts::MessageRecord& record = draft.record;
    if (draft.is_durable) {
        auto first = co_await parts_.messages.find_by_client_id(record.chat, record.sender.id,
                                                                record.client_id);
        if (first) {
            parts_.metrics.repeated.add();
            auto seen = co_await parts_.people.show(std::move(*first));
            co_return contracts::Reply<contracts::Message>{std::move(seen), 200, {}};
        }
        // Durable but not stored yet: the same record again brings us its outcome.
    }
    PendingOutcomes::Ticket ticket{parts_.outcomes};
    record.origin = parts_.outcomes.origin();
    record.origin_ref = ticket.ref();
    co_await append_draft(draft);
    co_return co_await wait_for_message(ticket, std::move(draft), deadline);
}

// Told by the consumer, or found in the store where it cannot be told.
Task<std::optional<contracts::Outcome>> Posting::find_outcome(
    PendingOutcomes::Ticket& ticket, const contracts::MessageRecord& record, Steady deadline) {
    using Arrival = PendingOutcomes::Arrival;
    Arrival arrival = co_await ticket.wait_until(deadline);
    while (arrival == Arrival::unknown) {
        std::optional<contracts::Outcome> repeat;
        try {
            repeat = co_await parts_.messages.find_repeat(
                record.chat, record.sender.id, record.client_id, store::text_sum(record.text));
        } catch (const Failure&) {
            repeat.reset();  // asked again in a moment, and what is late is said to be
        }
        if (repeat) {
            if (repeat->message.id == record.message_id) {
                repeat->kind = contracts::OutcomeKind::stored;
            }
            co_return repeat;
        }
        arrival = co_await ticket.wait_until(deadline);
    }
    if (arrival == Arrival::late) {
        co_return std::nullopt;
    }
    co_return std::move(ticket.outcome());
}

Task<contracts::Reply<contracts::Message>> Posting::wait_for_message(
    PendingOutcomes::Ticket& ticket, Draft draft, Steady deadline) {
    contracts::MessageRecord& record = draft.record;
    const Steady began = parts_.clock.steady();
    auto found = co_await find_outcome(ticket, record, deadline);
    if (!found) {
        parts_.metrics.late.add();
        co_return contracts::Reply<contracts::Message>{parts_.people.show_known(record), 202, {}};
    }
    parts_.metrics.store_wait.observe(parts_.clock.steady() - began);
    contracts::Outcome& outcome = *found;
    switch (outcome.kind) {
        case contracts::OutcomeKind::stored:
            parts_.stored.on_stored({outcome.kind, outcome.message});
            co_return contracts::Reply<contracts::Message>{
                parts_.people.show_known(std::move(outcome.message)), 201, {}};
        case contracts::OutcomeKind::duplicate:
            repeats_.note(draft.repeat_key,
                          {outcome.message.id, outcome.message.created_at, draft.text_hash, true});
            parts_.metrics.repeated.add();
            break;
        case contracts::OutcomeKind::conflict:
            // Whatever is asked next with this id, the store knows better than the memory.
            repeats_.forget(draft.repeat_key);
            parts_.metrics.conflicts.add();
            throw client_id_conflict();
        case contracts::OutcomeKind::edited:
        case contracts::OutcomeKind::deleted:
        case contracts::OutcomeKind::refused:
            break;
    }
    if (outcome.kind != contracts::OutcomeKind::duplicate) {
        // Sent again it is another record.
        repeats_.forget(draft.repeat_key);
        throw_refused(outcome);
    }
    auto seen = co_await parts_.people.show(std::move(outcome.message));
    co_return contracts::Reply<contracts::Message>{std::move(seen), 200, {}};
}

}  // namespace loquat::chat
