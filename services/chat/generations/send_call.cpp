#include "services/chat/generations/send_call.hpp"

#include "services/chat/domain/text.hpp"
#include "services/chat/generations/failures.hpp"

namespace loquat::chat {
namespace {

// So that our own refusal, which names the answer, comes before the pipeline's.
constexpr std::chrono::milliseconds answer_margin{300};

Failure named(Failure failure, const GenerationId& id) {
    failure.extra.emplace_back("generationId", id.to_string());
    return failure;
}

Failure still_written(const GenerationId& id) {
    return named({Kind::timed_out, "upstream.timeout",
                  "The answer is still being written; it will be in the conversation."},
                 id);
}

Failure failure_of(const GenerationRecord& record) {
    if (record.state == GenerationState::canceled) {
        return {Kind::conflict, "generation.canceled", "The answer was stopped."};
    }
    const GenerationError error = record.error.value_or(GenerationError{"server.internal", ""});
    return {Kind::unavailable, error.code, error.message};
}

}  // namespace

Task<ChatId> SendCall::choose_chat(contracts::Caller caller,
                                   const contracts::SendChatRequest& request) {
    if (request.chat_id) {
        co_return *request.chat_id;
    }
    const UserId user = caller.user_id();
    const std::string creation_key = request.client_id ? "send:" + *request.client_id : "";
    const auto lock = co_await parts_.starts.lock(user);
    if (!creation_key.empty()) {
        // A repeat is recognised before all limits.
        if (const auto made = co_await parts_.keys.find_creation(user, creation_key)) {
            co_return *made;
        }
    }
    // Nothing is made for a request that cannot succeed.
    co_await parts_.open.catalog.find(request.model, "model");
    const bool has_room = co_await parts_.turns.has_room(user);
    if (!has_room) {
        throw in_flight_limit(parts_.config.generations_waiting_max);
    }
    co_await parts_.quota.check(user);
    co_return co_await parts_.conversations.create_for_key(std::move(caller), creation_key);
}

Task<contracts::SentChat> SendCall::send_chat(contracts::Caller caller,
                                              contracts::SendChatRequest request) {
    if (request.client_id) {
        check_client_id(*request.client_id);
    }
    to_message_text(request.message, parts_.config.text_characters_max, "message");
    auto name =
        co_await parts_.requests.claim(caller, "send_chat", fingerprint(wire::encode(request)));
    if (!request.client_id) {
        request.client_id = std::move(name);
    }
    caller.idempotency_key.clear();
    const Steady deadline =
        caller.deadline == Steady::max() ? caller.deadline : caller.deadline - answer_margin;
    contracts::StartGenerationRequest start;
    start.id = co_await choose_chat(caller, request);
    start.client_id = std::move(request.client_id);
    start.prompt = std::move(request.message);
    start.model = std::move(request.model);
    const UserId reader = caller.user_id();
    auto started = co_await parts_.requests.start_generation(std::move(caller), std::move(start));
    const GenerationId id = *GenerationId::parse(started.body.generationId);
    if (!started.body.message) {
        throw named({Kind::timed_out, "upstream.timeout",
                     "The message is recorded, but was not stored in time."},
                    id);
    }
    auto message = std::move(*started.body.message);
    co_return co_await wait_for_reply(id, reader, std::move(message), deadline);
}

// Who has left the conversation meanwhile reads no more of it here than elsewhere; their answer was
// stopped then.
Task<contracts::SentChat> SendCall::wait_for_reply(GenerationId id, UserId reader,
                                                   contracts::Message message, Steady deadline) {
    const auto right = parts_.rights.open(runtime::StandingRights::Member{message.chat_id, reader});
    co_await parts_.cache.get(message.chat_id, reader, Action::read);
    std::optional<GenerationRecord> record;
    if (const LivePtr live = parts_.open.lives.find(id)) {
        const bool is_over = co_await live->over.wait_until(deadline);
        if (!is_over) {
            throw still_written(id);
        }
        record = live->record;
    } else {
        record = co_await parts_.store.find(id);
        if (record && parts_.elsewhere.has(*record)) {
            record = co_await parts_.elsewhere.wait_for_end(id, deadline);
        }
        if (record && !is_terminal(record->state)) {
            throw still_written(id);
        }
    }
    if (!right->holds()) {
        throw named(generation_not_found(), id);
    }
    if (!record || record->state != GenerationState::succeeded) {
        throw named(record ? failure_of(*record) : generation_not_found(), id);
    }
    contracts::SentChat sent;
    sent.chat_id = record->chat;
    sent.generationId = id.to_string();
    sent.usage = {record->tokens.input, record->tokens.output};
    auto stored = co_await parts_.messages.find_by_id(*record->answer);
    People& people = parts_.people;
    sent.message = co_await people.show_again(std::move(message));
    if (stored) {
        sent.reply = co_await people.show(std::move(*stored));
    } else {
        sent.reply = people.show_known(message_of(*record));  // durable, without its number yet
    }
    if (!right->holds()) {
        throw named(generation_not_found(), id);
    }
    co_return sent;
}

}  // namespace loquat::chat
