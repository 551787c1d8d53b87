#pragma once
#include "contracts/chat/chat.hpp"
#include "contracts/core/feed.hpp"

// Answers of assistants.  Served by the chat service.  Failures: generation.not_found,
// generation.in_flight_limit, generation.client_id_conflict, generation.nothing_to_answer,
// generation.no_such_event, usage.quota_exceeded, chat.assistant_off, model.unknown, and those of
// contracts/chat/chat.hpp.  Of an answer that failed: interrupted, provider.* and model.* as
// contracts/model/model.hpp says.
namespace loquat::contracts {

struct GenerationError {
    std::string code;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(GenerationError, (), (code, message))

// What of the conversation the model was given.
struct GenerationContext {
    std::int64_t messages = 0;
    std::int64_t dropped = 0;  // older ones that did not fit, each left out whole
    std::int64_t tokens = 0;   // counted, system prompt included
    std::int64_t tokens_max = 0;
};
BOOST_DESCRIBE_STRUCT(GenerationContext, (), (messages, dropped, tokens, tokens_max))

struct Generation {
    std::string generationId;
    ChatId chat_id;
    UserId user_id;  // who asked
    GenerationState state = GenerationState::queued;
    std::optional<std::int64_t> queue_position;  // while queued: 1 is the next one
    std::string model;
    std::optional<std::string> provider;
    std::optional<std::string> system_prompt;
    std::optional<double> temperature;
    std::optional<std::int32_t> max_tokens;
    std::int64_t inputTokens = 0;
    std::int64_t outputTokens = 0;
    Time created_at;
    std::optional<Time> started_at;
    std::optional<Time> finished_at;
    std::optional<GenerationError> error;
    std::string request_id;
    std::string text;                            // so far
    std::int64_t last_event_id = 0;              // `text` holds all deltas up to it
    std::optional<MessageId> prompt_message_id;  // that it answers
    std::optional<MessageId> message_id;         // the answer, once it is stored
    std::optional<GenerationContext> context;

    static constexpr std::array<std::string_view, 11> nulls{
        "queue_position",    "provider",   "system_prompt", "temperature",
        "max_tokens",        "started_at", "finished_at",   "error",
        "prompt_message_id", "message_id", "context"};
};
BOOST_DESCRIBE_STRUCT(Generation, (),
                      (generationId, chat_id, user_id, state, queue_position, model, provider,
                       system_prompt, temperature, max_tokens, inputTokens, outputTokens,
                       created_at, started_at, finished_at, error, request_id, text, last_event_id,
                       prompt_message_id, message_id, context))

struct StartGenerationRequest {
    ChatId id;
    std::optional<std::string> client_id;
    std::optional<std::string> prompt;
    std::optional<bool> regenerate;
    std::optional<std::string> model;
    std::optional<std::string> system_prompt;
    std::optional<double> temperature;
    std::optional<std::int32_t> max_tokens;

    static constexpr std::array fields{
        wire::Field{"client_id", 1, 64, "Chosen by the client; makes a repeat harmless."},
        wire::Field{.name = "prompt",
                    .doc = "Stored as my message; absent: the last message is answered."},
        wire::Field{.name = "regenerate", .doc = "Answer the last prompt again."},
        wire::Field{"model", 1, 128, ""},
        wire::Field{"system_prompt", 0, 16'000, ""},
        wire::Field{"temperature", 0, 2, ""},
        wire::Field{"max_tokens", 1, 1'000'000, ""},
    };
};
BOOST_DESCRIBE_STRUCT(StartGenerationRequest, (),
                      (id, client_id, prompt, regenerate, model, system_prompt, temperature,
                       max_tokens))

struct StartedGeneration {
    std::string generationId;
    GenerationState state = GenerationState::queued;
    std::optional<std::int64_t> queue_position;
    std::optional<Message> message;  // the prompt; null when there was none

    static constexpr std::array<std::string_view, 2> nulls{"queue_position", "message"};
};
BOOST_DESCRIBE_STRUCT(StartedGeneration, (), (generationId, state, queue_position, message))

struct GenerationRef {
    std::string generationId;
};
BOOST_DESCRIBE_STRUCT(GenerationRef, (), (generationId))

struct ListGenerationsRequest {
    ChatId id;
    std::int32_t limit = 50;
    std::optional<std::string> cursor;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"limit", 1, 200, ""}, cursor_field};
};
BOOST_DESCRIBE_STRUCT(ListGenerationsRequest, (), (id, limit, cursor))

struct StreamGenerationRequest {
    std::string generationId;
    std::optional<std::int64_t> last_event_id;  // the header Last-Event-ID wins
    static constexpr std::array fields{wire::Field{"last_event_id", 0}};
};
BOOST_DESCRIBE_STRUCT(StreamGenerationRequest, (), (generationId, last_event_id))

struct CanceledGeneration {
    std::string generationId;
    GenerationState state = GenerationState::canceled;
};
BOOST_DESCRIBE_STRUCT(CanceledGeneration, (), (generationId, state))

struct SendChatRequest {
    std::optional<ChatId> chat_id;  // absent: a new conversation with an assistant
    std::string message;
    std::optional<std::string> model;
    std::optional<std::string> client_id;
    static constexpr std::array fields{
        wire::Field{.name = "message", .doc = "Markdown; at least one character."},
        wire::Field{"model", 1, 128, ""}, wire::Field{"client_id", 1, 64, ""}};
};
BOOST_DESCRIBE_STRUCT(SendChatRequest, (), (chat_id, message, model, client_id))

struct TokenCounts {
    std::int64_t inputTokens = 0;
    std::int64_t outputTokens = 0;
};
BOOST_DESCRIBE_STRUCT(TokenCounts, (), (inputTokens, outputTokens))

struct SentChat {
    ChatId chat_id;
    Message message;  // what was said
    Message reply;
    std::string generationId;
    TokenCounts usage;
};
BOOST_DESCRIBE_STRUCT(SentChat, (), (chat_id, message, reply, generationId, usage))

class GenerationApi {
  public:
    virtual ~GenerationApi() = default;

    // 201; 200 when the client id was given before.
    virtual Task<Reply<StartedGeneration>> start_generation(Caller caller,
                                                            StartGenerationRequest request) = 0;
    // In the order of the conversation, the last first: by the message that is answered, then as
    // they were asked for.
    virtual Task<Page<Generation>> list_generations(Caller caller,
                                                    ListGenerationsRequest request) = 0;
    virtual Task<Generation> get_generation(Caller caller, GenerationRef request) = 0;
    virtual Task<FeedPtr<EventText>> stream_generation(Caller caller,
                                                       StreamGenerationRequest request) = 0;
    virtual Task<CanceledGeneration> cancel_generation(Caller caller, GenerationRef request) = 0;
    virtual Task<SentChat> send_chat(Caller caller, SendChatRequest request) = 0;
};

template <>
struct Table<GenerationApi> {
    static constexpr std::string_view service = "chat";
    static constexpr std::size_t prompt_body_bytes_max = 256 * 1024;
    static constexpr std::tuple routes{
        Route<&GenerationApi::start_generation>{{.method = "POST",
                                                 .path = "/api/chats/{id}/generations",
                                                 .summary = "Ask an assistant",
                                                 .status = 201,
                                                 .limit = LimitClass::model,
                                                 .body_bytes_max = prompt_body_bytes_max,
                                                 .takes_idempotency_key = true}},
        Route<&GenerationApi::list_generations>{
            {.method = "GET",
             .path = "/api/chats/{id}/generations",
             .summary = "Answers of a conversation, newest first"}},
        Route<&GenerationApi::get_generation>{{.method = "GET",
                                               .path = "/api/generations/{generationId}",
                                               .summary = "An answer and its state"}},
        Route<&GenerationApi::stream_generation>{{.method = "GET",
                                                  .path = "/api/generations/{generationId}/stream",
                                                  .summary = "Follow an answer"}},
        Route<&GenerationApi::cancel_generation>{{.method = "POST",
                                                  .path = "/api/generations/{generationId}/cancel",
                                                  .summary = "Stop an answer"}},
        Route<&GenerationApi::send_chat>{{.method = "POST",
                                          .path = "/api/chat/send",
                                          .summary = "Say something and wait for the whole answer",
                                          .limit = LimitClass::model,
                                          .body_bytes_max = prompt_body_bytes_max,
                                          .time_max = std::chrono::milliseconds{120'000},
                                          .takes_idempotency_key = true}},
    };
};

std::vector<Operation> generation_operations();

}  // namespace loquat::contracts
