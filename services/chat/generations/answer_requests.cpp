#include "services/chat/generations/answer_requests.hpp"

#include "base/text.hpp"
#include "services/chat/conversations/request_keys.hpp"
#include "services/chat/domain/assistant.hpp"
#include "services/chat/domain/text.hpp"
#include "services/chat/generations/failures.hpp"
#include "services/chat/messages/posting.hpp"
#include "store/sql/database.hpp"

namespace loquat::chat {
namespace {

using contracts::StartedGeneration;
using contracts::StartGenerationRequest;

// Tells apart what is asked for, whatever the settings.
std::uint64_t hash_of(const StartGenerationRequest& request) {
    const std::string kind = request.regenerate.value_or(false) ? "again\n" : "answer\n";
    return fingerprint(kind + normalise_line_ends(request.prompt.value_or("")));
}

void check_settings(const StartGenerationRequest& request) {
    if (request.temperature && !(*request.temperature >= 0 && *request.temperature <= 2)) {
        throw invalid_field("temperature", "out_of_range", "must be 0 to 2");
    }
    if (request.max_tokens && (*request.max_tokens < 1 || *request.max_tokens > 1'000'000)) {
        throw invalid_field("max_tokens", "out_of_range", "must be 1 to 1000000");
    }
    check_system_prompt("system_prompt", request.system_prompt);
}

void check_request(const StartGenerationRequest& request, std::size_t characters_max) {
    if (request.client_id) {
        check_client_id(*request.client_id);
    }
    if (request.prompt && request.regenerate.value_or(false)) {
        throw invalid_field("prompt", "not_again", "cannot be given when regenerating");
    }
    if (request.prompt) {
        to_message_text(*request.prompt, characters_max, "prompt");
    }
    check_settings(request);
}

}  // namespace

Task<contracts::Reply<StartedGeneration>> AnswerRequests::start_generation(
    contracts::Caller caller, StartGenerationRequest request) {
    const UserId user = caller.user_id();
    check_request(request, parts_.config.text_characters_max);
    const std::uint64_t request_hash = fingerprint(wire::encode(request));
    const auto lock = co_await parts_.starts.lock(user);
    // Whoever has switched the assistant off, elsewhere too, is obeyed from then on.
    const ConversationPtr conversation =
        co_await parts_.cache.get_latest(request.id, user, Action::send);
    auto name = co_await claim(caller, "start_generation", request_hash);
    if (!request.client_id) {
        request.client_id = std::move(name);
    }
    if (auto repeat = co_await find_repeat(user, request)) {
        co_return std::move(*repeat);
    }
    const LivePtr live = co_await prepare(std::move(caller), conversation, request);
    const bool is_first = co_await launch(live);
    if (!is_first) {
        // At another instance, while this one prepared it: whoever got no answer there asks again
        // here.
        if (auto repeat = co_await find_repeat(user, request)) {
            co_return std::move(*repeat);
        }
        throw generation_conflict();
    }
    StartedGeneration started = co_await describe_start(live->record, std::move(live->posted));
    co_return contracts::Reply<StartedGeneration>{std::move(started), 201, {}};
}

// The client id of a request that was given an Idempotency-Key; none without a key.
Task<std::optional<std::string>> AnswerRequests::claim(contracts::Caller caller,
                                                       std::string operation,
                                                       std::uint64_t request_hash) {
    if (caller.idempotency_key.empty()) {
        co_return std::nullopt;
    }
    RequestKey key{caller.user_id(), std::move(operation), std::move(caller.idempotency_key),
                   request_hash};
    const Uuid name = co_await parts_.keys.claim(std::move(key));
    co_return "key:" + name.to_string();
}

// Before all limits: a repeat costs nothing.
Task<std::optional<contracts::Reply<StartedGeneration>>> AnswerRequests::find_repeat(
    UserId user, const StartGenerationRequest& request) {
    if (!request.client_id) {
        co_return std::nullopt;
    }
    auto found = co_await parts_.store.find_by_client_id(user, request.id, *request.client_id);
    if (!found) {
        co_return std::nullopt;
    }
    if (found->request_hash != hash_of(request)) {
        throw generation_conflict();
    }
    const LivePtr live = parts_.open.lives.find(found->id);
    std::optional<contracts::Message> prompt = live ? live->posted : std::nullopt;
    People& people = parts_.people;
    if (prompt) {
        prompt = co_await people.show_again(std::move(*prompt));
    } else if (request.prompt && found->prompt) {
        if (auto stored = co_await parts_.messages.find_by_id(*found->prompt)) {
            prompt = co_await people.show(std::move(*stored));
        }
    }
    GenerationRecord record = live ? live->record : *std::move(found);
    StartedGeneration started = co_await describe_start(std::move(record), std::move(prompt));
    co_return contracts::Reply<StartedGeneration>{std::move(started), 200, {}};
}

Task<StartedGeneration> AnswerRequests::describe_start(
    GenerationRecord record, std::optional<contracts::Message> prompt) const {
    StartedGeneration body;
    body.generationId = record.id.to_string();
    body.state = record.state;
    body.queue_position = co_await parts_.turns.position(record.user, record.id, record.state);
    body.message = std::move(prompt);
    co_return body;
}

Task<LivePtr> AnswerRequests::prepare(contracts::Caller caller, ConversationPtr conversation,
                                      StartGenerationRequest request,
                                      std::optional<contracts::StoredMessage> prompt) {
    const UserId user = caller.user_id();
    const AssistantSettings chosen = conversation->chat.assistant.value_or(AssistantSettings{});
    if (!may_be_asked(conversation->chat.kind, conversation->chat.assistant)) {
        throw assistant_off();
    }
    if (parts_.open.is_stopping) {
        throw Failure{Kind::unavailable, "upstream.unavailable", "The service is stopping."};
    }
    auto live = std::make_shared<Live>();
    GenerationRecord& record = live->record;
    live->kind = conversation->chat.kind;
    live->model =
        co_await parts_.open.catalog.find(request.model ? request.model : chosen.model, "model");
    if (parts_.open.lives.size() >= parts_.config.generations_max) {
        throw Failure{Kind::unavailable, "model.overloaded", "Too many answers are being written."}
            .retry_in(std::chrono::seconds{5});
    }
    const bool has_room = co_await parts_.turns.has_room(user);
    if (!has_room) {
        parts_.metrics.refused.add();
        throw in_flight_limit(parts_.config.generations_waiting_max);
    }
    co_await parts_.quota.check(user);
    record.id = GenerationId::make();
    record.user = user;
    record.chat = request.id;
    record.model = live->model.id;
    record.model_label = live->model.label.empty() ? live->model.id : live->model.label;
    record.provider = live->model.provider;
    record.system_prompt = request.system_prompt ? request.system_prompt : chosen.system_prompt;
    record.temperature = request.temperature ? request.temperature : chosen.temperature;
    record.max_tokens = request.max_tokens ? request.max_tokens : chosen.max_tokens;
    record.is_again = request.regenerate.value_or(false);
    record.request_id = caller.request_id;
    live->trace_parent = caller.trace_parent;
    record.request_hash = hash_of(request);
    if (request.prompt) {
        // Under the same client id as the answer, so that a repeat finds both.
        record.client_id = request.client_id.value_or("prompt:" + record.id.to_string());
        contracts::PostMessageRequest message{request.id, record.client_id,
                                              std::move(*request.prompt), std::nullopt};
        auto posted = co_await parts_.posting.post_message(std::move(caller), std::move(message));
        record.prompt = posted.body.id;
        record.prompt_seq = posted.body.seq.value_or(0);
        live->posted = std::move(posted.body);
    } else {
        record.client_id = request.client_id.value_or("");
        if (!prompt) {
            prompt = co_await choose_prompt(request.id, record.is_again);
        }
        record.prompt = prompt->id;
        record.prompt_seq = prompt->seq;
    }
    record.created_at = parts_.clock.now();
    co_return live;
}

// The last message, if a person wrote it; to answer again: what was answered last.
Task<contracts::StoredMessage> AnswerRequests::choose_prompt(ChatId chat, bool is_again) {
    if (is_again) {
        const auto last = co_await parts_.store.find_last_prompted(chat);
        if (last) {
            auto prompt = co_await parts_.messages.find_by_id(*last->prompt);
            if (prompt && !prompt->deleted_at) {
                co_return std::move(*prompt);
            }
        }
    }
    store::PageQuery query;
    query.chat = chat;
    query.limit = 50;
    store::Page page = co_await parts_.messages.page(std::move(query));
    for (auto at = page.items.rbegin(); at != page.items.rend(); ++at) {
        const bool is_answer = at->sender.kind != contracts::ParticipantKind::person;
        if (is_answer && !is_again && !at->deleted_at) {
            break;
        }
        if (!is_answer && !at->deleted_at) {
            co_return std::move(*at);
        }
    }
    throw nothing_to_answer();
}

// The slot is taken before the row is written, and given back when it could not be.
Task<bool> AnswerRequests::launch(LivePtr live) {
    GenerationRecord& record = live->record;
    live->has_waited = parts_.open.queue.is_busy(record.user);
    if (!live->has_waited) {
        parts_.open.queue.run(record.user, record.id);
        live->has_slot = true;
        record.state = GenerationState::streaming;
        record.started_at = record.created_at;
    }
    std::exception_ptr error;
    bool is_taken = false;
    try {
        // Where others write answers, one of the person's may stream there.
        record.state = co_await parts_.store.insert(record);
    } catch (const store::ConstraintFailure&) {
        is_taken = true;
    } catch (...) {
        error = std::current_exception();
    }
    if (error || is_taken) {
        parts_.lifecycle.pass_on(*live);
    }
    if (error) {
        std::rethrow_exception(error);
    }
    if (is_taken) {
        co_return false;
    }
    parts_.open.lives.add(live);
    parts_.metrics.live.set(static_cast<std::int64_t>(parts_.open.lives.size()));
    if (live->has_waited && parts_.open.queue.is_busy(record.user)) {
        live->queue_position =
            static_cast<std::int64_t>(parts_.open.queue.wait(record.user, record.id));
        parts_.writer.note(live, {.kind = EventKind::state,
                                  .state = GenerationState::queued,
                                  .queue_position = live->queue_position});
        co_return true;
    }
    if (live->has_waited) {
        parts_.open.queue.run(record.user, record.id);  // the one before ended meanwhile
        live->has_slot = true;
    }
    if (record.state == GenerationState::queued && !live->has_waited) {
        record.started_at.reset();
        live->queue_position = 1;
        parts_.writer.note(live, {.kind = EventKind::state,
                                  .state = GenerationState::queued,
                                  .queue_position = live->queue_position});
    }
    parts_.lifecycle.begin(live);
    co_return true;
}

}  // namespace loquat::chat
