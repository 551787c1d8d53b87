#pragma once
#include "contracts/core/feed.hpp"
#include "contracts/core/operation.hpp"

// The inference plane: models behind providers.  Failures: model.unknown, provider.unavailable,
// provider.timeout, provider.refused, provider.rate_limited, provider.quota_exceeded,
// provider.bad_answer, provider.truncated, provider.too_long, provider.content_filter,
// provider.untrusted, provider.prompt_too_long, model.overloaded, model.id_in_use, request.invalid.
namespace loquat::contracts {

struct Model {
    std::string id;
    std::string provider;
    std::string label;  // for people
    std::int64_t context_tokens = 0;
    // What the widest of its fallbacks reads, where that is more: give as much, each is given what
    // fits it.
    std::optional<std::int64_t> route_context_tokens;
    bool default_ = false;
    // Of a million tokens, in millionths of `currency`; absent when no price is configured.
    std::optional<std::int64_t> input_price_micros;
    std::optional<std::int64_t> output_price_micros;
    std::optional<std::string> currency;  // ISO 4217, such as USD
};
BOOST_DESCRIBE_STRUCT(Model, (),
                      (id, provider, label, context_tokens, route_context_tokens, default_,
                       input_price_micros, output_price_micros, currency))

struct Models {
    std::vector<Model> items;
};
BOOST_DESCRIBE_STRUCT(Models, (), (items))

enum class PromptRole { system, user, assistant };
BOOST_DESCRIBE_ENUM(PromptRole, system, user, assistant)

struct PromptMessage {
    PromptRole role = PromptRole::user;
    std::string content;
};
BOOST_DESCRIBE_STRUCT(PromptMessage, (), (role, content))

// What the text is wanted for; only a simulated model looks at it.
enum class GeneratePurpose { answer, title };
BOOST_DESCRIBE_ENUM(GeneratePurpose, answer, title)

struct GenerateRequest {
    std::string generationId;
    std::optional<std::string> model;  // the default one
    std::vector<PromptMessage> messages;
    std::optional<double> temperature;
    std::optional<std::int32_t> max_tokens;
    std::optional<std::int32_t> reserved_tokens;  // kept free for the answer without `max_tokens`
    std::optional<GeneratePurpose> purpose;       // an answer

    static constexpr std::array fields{
        wire::Field{"generationId", 1, 64, ""},
        wire::Field{"messages", 1, 10'000, ""},
        wire::Field{"temperature", 0, 2, ""},
        wire::Field{"max_tokens", 1, 1'000'000, ""},
        wire::Field{"reserved_tokens", 1, 1'000'000, ""},
    };
};
BOOST_DESCRIBE_STRUCT(GenerateRequest, (),
                      (generationId, model, messages, temperature, max_tokens, reserved_tokens,
                       purpose))

// More tokens than any call uses; a larger figure, or a negative one, is none.
inline constexpr std::int64_t token_figure_max = 1'000'000'000;
constexpr bool is_token_figure(std::int64_t tokens) {
    return tokens >= 0 && tokens <= token_figure_max;
}

enum class ModelEventType { delta, reset, notice, usage, error, done };
BOOST_DESCRIBE_ENUM(ModelEventType, delta, reset, notice, usage, error, done)

// Where a number of tokens comes from.
enum class UsageSource {
    provider,  // the provider's own final figure
    partial,   // the provider's last figure of an answer that ended early, not less than counted
    counted,   // counted here from the text: no figure, or one that is too small to be true
};
BOOST_DESCRIBE_ENUM(UsageSource, provider, partial, counted)

// What a running answer says, in this order: notice, delta and reset ..., then error if it failed,
// usage, done.  Deltas are never empty, are valid UTF-8 and hold no control characters but tab and
// newline.  `reset` takes back all deltas before it: they were thoughts.  `notice` says what the
// model was given of the conversation, where that may be less than the request holds or more than
// the model that was asked for reads.
struct ModelEvent {
    ModelEventType type = ModelEventType::delta;
    std::optional<std::string> delta;

    std::optional<std::int64_t> inputTokens;  // usage
    std::optional<std::int64_t> outputTokens;
    std::optional<UsageSource> source;
    std::optional<std::string>
        model;  // that answered, which after a fallback is not the one asked for
    std::optional<std::string> provider;

    std::optional<std::int64_t> messages;        // notice: that the model was given
    std::optional<std::int64_t> dropped;         // of the request, older ones, left out whole
    std::optional<std::int64_t> context_tokens;  // counted
    std::optional<std::int64_t> context_max;     // what the model that is asked now reads

    std::optional<std::string> code;  // error
    std::optional<std::string> message;

    std::optional<std::string>
        finish_reason;  // done: stop, length, content_filter, canceled, error, other
};
BOOST_DESCRIBE_STRUCT(ModelEvent, (),
                      (type, delta, messages, dropped, context_tokens, context_max, inputTokens,
                       outputTokens, source, model, provider, code, message, finish_reason))
void append_event(std::string& out,
                  const ModelEvent& event);  // as a whole event of an event stream

struct CancelGenerateRequest {
    std::string generationId;
    static constexpr std::array fields{wire::Field{"generationId", 1, 64, ""}};
};
BOOST_DESCRIBE_STRUCT(CancelGenerateRequest, (), (generationId))

struct CanceledGenerate {
    std::string generationId;
    bool was_running = false;
};
BOOST_DESCRIBE_STRUCT(CanceledGenerate, (), (generationId, was_running))

class ModelApi {
  public:
    virtual ~ModelApi() = default;

    virtual Task<Models> list_models(Caller caller, Empty request) = 0;
    // Fails at once for a request that nobody could answer; what goes wrong later is an `error`
    // event.  The answer goes on only while its feed is read: the reader's end closes the
    // provider's connection.
    virtual Task<FeedPtr<ModelEvent>> generate(Caller caller, GenerateRequest request) = 0;
    // Ends a running answer with usage and done{canceled}; the provider's connection closes at
    // once.
    virtual Task<CanceledGenerate> cancel_generate(Caller caller,
                                                   CancelGenerateRequest request) = 0;
};

template <>
struct Table<ModelApi> {
    static constexpr std::string_view service = "model";
    static constexpr std::tuple routes{
        Route<&ModelApi::list_models>{
            {.method = "GET", .path = "/api/models", .summary = "Models that can be chosen"}},
        Route<&ModelApi::generate>{{.method = "POST",
                                    .path = "/internal/generate",
                                    .summary = "Stream an answer",
                                    .access = Access::internal,
                                    .body_bytes_max = 32 << 20}},
        Route<&ModelApi::cancel_generate>{{.method = "POST",
                                           .path = "/internal/cancel",
                                           .summary = "Stop a running answer",
                                           .access = Access::internal}},
    };
};

std::vector<Operation> model_operations();

}  // namespace loquat::contracts
