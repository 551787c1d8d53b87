#include <algorithm>

#include "services/chat/chat.hpp"
#include "services/chat/conversations/views.hpp"
#include "services/chat/domain/failures.hpp"
#include "services/chat/domain/mentions.hpp"
#include "services/chat/domain/text.hpp"
#include "store/messages/rules.hpp"

namespace loquat::chat {
namespace {

contracts::Sender to_sender(const contracts::PublicUser& user) {
    return {.id = user.id,
            .username = user.username,
            .display_name = user.display_name,
            .kind = contracts::ParticipantKind::person,
            .name_shared = user.name_shared};
}

std::optional<UserId> find_name(const Room::Names& names, std::string name) {
    do {
        if (const auto found = names.find(name); found != names.end()) {
            return found->second;
        }
    } while (shorten_mention(name));
    return std::nullopt;
}

}  // namespace

// With the directory down a message still goes out, under the name in the sender's token.
Task<contracts::Sender> Chat::sender_of(const Caller& caller) {
    const UserId user = caller.user_id();
    std::optional<contracts::PublicUser> found;
    try {
        found = co_await people_.find(user);
    } catch (const Failure&) {
        found.reset();
    }
    if (found) {
        co_return to_sender(*found);
    }
    co_return contracts::Sender{user, caller.username, caller.username,
                                contracts::ParticipantKind::person};
}

// With the directory down those whose names are not known stay plain text, this time.
Task<Room::Names> Chat::load_names(RoomPtr room) {
    std::vector<UserId> users;
    for (const MemberRecord& member : room->members()) {
        users.push_back(member.user);
    }
    Room::Names names;
    const std::uint64_t newcomers = room->newcomers();
    try {
        const People::Found people = co_await people_.find_all(users);
        for (const auto& [user, person] : people) {
            names.emplace(person.username, user);
        }
        if (room->newcomers() == newcomers) {
            room->names = names;
            rooms_.resize(*room);
        }
    } catch (const Failure&) {
        for (const UserId& user : users) {
            if (const contracts::PublicUser* known = people_.peek(user)) {
                names.emplace(known->username, user);
            }
        }
    }
    co_return names;
}

// Mentions are of members only.
Task<std::vector<UserId>> Chat::resolve_mentions(const std::string& text, ChatId chat) {
    std::vector<UserId> users;
    auto found = find_mentions(text, static_cast<std::size_t>(config_.mentions_max));
    if (found.empty()) {
        co_return users;
    }
    const RoomPtr room = co_await rooms_.find(chat);
    if (!room) {
        co_return users;
    }
    Room::Names loaded;
    if (!room->names) {
        loaded = co_await load_names(room);
    }
    const Room::Names& names = room->names ? *room->names : loaded;
    for (std::string& name : found) {
        const auto user = find_name(names, std::move(name));
        if (user && room->find(*user) != nullptr &&
            std::ranges::find(users, *user) == users.end()) {
            users.push_back(*user);
        }
    }
    co_return users;
}

Task<void> Chat::check_reply(ChatId chat, MessageId reply_to) {
    const auto found = co_await ports_.messages.find_by_id(reply_to);
    if (!found || found->chat != chat) {
        throw invalid_field("reply_to", "unknown_message",
                            "must be a message of this conversation");
    }
}

// Everything on the usual way is in memory: this runs tens of thousands of times a second.
Task<Chat::Draft> Chat::make_draft(const Caller& caller, contracts::PostMessageRequest request,
                                   KnowsRepeats knows) {
    const UserId user = caller.user_id();
    if (const Room* room = rooms_.peek(request.id)) {
        require(Action::send, room->standing_of(user));
    } else {
        co_await rooms_.get(request.id, user, Action::send);
    }
    check_client_id(request.client_id);
    bool has_waited = false;
    Draft draft;
    contracts::MessageRecord& record = draft.record;
    record.text = to_message_text(std::move(request.text),
                                  static_cast<std::size_t>(config_.text_characters_max));
    record.chat = request.id;
    if (request.reply_to) {
        has_waited = true;
        co_await check_reply(request.id, *request.reply_to);
        record.reply_to = request.reply_to;
    }
    if (record.text.find('@') != std::string::npos) {
        has_waited = true;
        record.mentions = co_await resolve_mentions(record.text, request.id);
    }
    if (const contracts::PublicUser* known = people_.peek(user)) {
        record.sender = to_sender(*known);
    } else {
        has_waited = true;
        record.sender = co_await sender_of(caller);
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
        co_await rooms_.get(request.id, user, Action::send);
    }
    // From here to the note there is no wait: of two repeats at once the second sees the first.
    if (const Repeats::Sent* sent = repeats_.find(draft.repeat_key)) {
        if (sent->text_hash != draft.text_hash) {
            ports_.metrics.conflicts.add();
            throw client_id_conflict();
        }
        record.message_id = sent->id;
        record.at = sent->at;
        draft.is_durable = sent->is_durable;
    } else {
        record.message_id = MessageId::make();
        record.at = ports_.clock.now();
        repeats_.note(draft.repeat_key, {record.message_id, record.at, draft.text_hash, false});
    }
    co_return draft;
}

// All client ids of a conversation that was made by this process are in memory, or too many came
// after them: then the store keeps a message that was promised under a client id of its own.
bool Chat::is_remembered_whole(const ChatId& chat) {
    const Room* room = rooms_.peek(chat);
    return room != nullptr && room->chat.created_at > began_at_;
}

// What the store knows of the draft's client id, for the memory.
Task<void> Chat::recall_repeat(const Draft& draft) {
    const contracts::MessageRecord& record = draft.record;
    auto repeat = co_await ports_.messages.find_repeat(
        record.chat, record.sender.id, record.client_id, store::text_sum(record.text));
    if (repeat && repeat->kind == contracts::OutcomeKind::conflict) {
        ports_.metrics.conflicts.add();
        throw client_id_conflict();
    }
    if (repeat && repeats_.find(draft.repeat_key) == nullptr) {
        repeats_.note(draft.repeat_key,
                      {repeat->message.id, repeat->message.created_at, draft.text_hash, true});
    }
}

Task<void> Chat::append(const contracts::MessageRecord& record) {
    co_await ports_.log.append(std::string{contracts::records::messages.topic},
                               record.chat.to_string(), contracts::encode(record));
}

Task<void> Chat::append_draft(Draft& draft) {
    const contracts::MessageRecord& record = draft.record;
    std::exception_ptr error;
    try {
        co_await append(record);
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        repeats_.forget_pending(draft.repeat_key, record.message_id);
        std::rethrow_exception(error);
    }
    repeats_.note(draft.repeat_key, {record.message_id, record.at, draft.text_hash, true});
    ports_.metrics.accepted.add();
}

Task<contracts::Accepted> Chat::accept_message(Caller caller,
                                               contracts::PostMessageRequest request) {
    Draft draft = co_await make_draft(caller, std::move(request), KnowsRepeats::here);
    if (draft.is_durable) {
        ports_.metrics.repeated.add();
    } else {
        co_await append_draft(draft);
    }
    co_return contracts::Accepted{draft.record.message_id, draft.record.at};
}

Task<void> Chat::append_drafts(std::vector<Draft>& drafts, contracts::AcceptMode mode) {
    std::vector<store::KeyedPayload> records;
    for (const Draft& draft : drafts) {
        if (!draft.is_durable) {
            records.push_back({draft.record.chat.to_string(), contracts::encode(draft.record)});
        }
    }
    std::exception_ptr error;
    try {
        if (mode == contracts::AcceptMode::all_or_none) {
            co_await ports_.log.append_all(std::string{contracts::records::messages.topic},
                                           std::move(records));
        } else {
            co_await store::append_in_groups(
                ports_.log, std::string{contracts::records::messages.topic}, std::move(records));
        }
    } catch (...) {
        error = std::current_exception();
    }
    for (const Draft& draft : drafts) {
        const contracts::MessageRecord& record = draft.record;
        if (draft.is_durable) {
            ports_.metrics.repeated.add();
        } else if (error) {
            repeats_.forget_pending(draft.repeat_key, record.message_id);
        } else {
            repeats_.note(draft.repeat_key, {record.message_id, record.at, draft.text_hash, true});
            ports_.metrics.accepted.add();
        }
    }
    if (error) {
        std::rethrow_exception(error);
    }
}

Task<contracts::AcceptedMessages> Chat::accept_messages(Caller caller,
                                                        contracts::AcceptMessagesRequest request) {
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

Task<contracts::ImportedMessages> Chat::import_messages(Caller caller,
                                                        contracts::ImportMessagesRequest request) {
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

Task<Reply<contracts::Message>> Chat::post_message(Caller caller,
                                                   contracts::PostMessageRequest request) {
    const Steady deadline = store_deadline(caller);
    Draft draft = co_await make_draft(caller, std::move(request), KnowsRepeats::consumer);
    contracts::MessageRecord& record = draft.record;
    if (draft.is_durable) {
        auto first = co_await ports_.messages.find_by_client_id(record.chat, record.sender.id,
                                                                record.client_id);
        if (first) {
            ports_.metrics.repeated.add();
            auto seen = co_await people_.show(std::move(*first));
            co_return Reply<contracts::Message>{std::move(seen), 200, {}};
        }
        // Durable but not stored yet: the same record again brings us its outcome.
    }
    Outcomes::Ticket ticket{outcomes_};
    record.origin = outcomes_.origin();
    record.origin_ref = ticket.ref();
    co_await append_draft(draft);
    co_return co_await wait_for_message(ticket, std::move(draft), deadline);
}

Task<Reply<contracts::Message>> Chat::wait_for_message(Outcomes::Ticket& ticket, Draft draft,
                                                       Steady deadline) {
    contracts::MessageRecord& record = draft.record;
    const Steady began = ports_.clock.steady();
    const Outcomes::Arrival arrival = co_await ticket.wait_until(deadline);
    if (arrival == Outcomes::Arrival::unknown) {
        auto stored = co_await ports_.messages.find_by_client_id(record.chat, record.sender.id,
                                                                 record.client_id);
        if (stored) {
            auto seen = co_await people_.show(std::move(*stored));
            co_return Reply<contracts::Message>{std::move(seen), 201, {}};
        }
    }
    if (arrival != Outcomes::Arrival::arrived) {
        ports_.metrics.late.add();
        co_return Reply<contracts::Message>{people_.show_known(record), 202, {}};
    }
    ports_.metrics.store_wait.observe(ports_.clock.steady() - began);
    contracts::Outcome& outcome = ticket.outcome();
    switch (outcome.kind) {
        case contracts::OutcomeKind::stored:
            on_stored({outcome.kind, outcome.message});
            co_return Reply<contracts::Message>{
                people_.show_known(std::move(outcome.message)), 201, {}};
        case contracts::OutcomeKind::duplicate:
            repeats_.note(draft.repeat_key,
                          {outcome.message.id, outcome.message.created_at, draft.text_hash, true});
            ports_.metrics.repeated.add();
            break;
        case contracts::OutcomeKind::conflict:
            // Whatever is asked next with this id, the store knows better than the memory.
            repeats_.forget(draft.repeat_key);
            ports_.metrics.conflicts.add();
            throw client_id_conflict();
        case contracts::OutcomeKind::edited:
        case contracts::OutcomeKind::deleted:
        case contracts::OutcomeKind::refused:
            break;
    }
    if (outcome.kind != contracts::OutcomeKind::duplicate) {
        throw_refused(outcome);
    }
    auto seen = co_await people_.show(std::move(outcome.message));
    co_return Reply<contracts::Message>{std::move(seen), 200, {}};
}

}  // namespace loquat::chat
