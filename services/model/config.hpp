#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "wire/describe.hpp"

namespace loquat::model {

// Which field of a request bounds the answer.
enum class LengthField { automatic, max_tokens, max_completion_tokens };
BOOST_DESCRIBE_ENUM(LengthField, automatic, max_tokens, max_completion_tokens)

// A server that speaks OpenAI's language.
struct ProviderConfig {
    std::string name = "openai";
    std::string url;
    std::string key_file;
    std::string key_variable;
    std::string ca_file;
    bool list_models = true;
    bool send_stream_options = true;
    LengthField length_field = LengthField::automatic;
    std::size_t concurrent_max = 6'000;
    std::size_t waiting_max = 1'000;
    std::chrono::milliseconds waiting_ms_max{10'000};
    std::chrono::milliseconds connect_ms_max{5'000};
    std::chrono::milliseconds first_token_ms_max{60'000};
    std::chrono::milliseconds next_token_ms_max{60'000};
    std::chrono::milliseconds answer_ms_max{900'000};
    std::int64_t tries_max = 3;
    std::chrono::milliseconds retry_ms_max{8'000};
    std::size_t event_bytes_max = 1 << 20;
    std::size_t answer_bytes_max = 1 << 20;
    std::size_t stream_bytes_max = 64 << 20;

    static constexpr std::array<std::string_view, 20> defaulted{"name",
                                                                "url",
                                                                "key_file",
                                                                "key_variable",
                                                                "ca_file",
                                                                "list_models",
                                                                "send_stream_options",
                                                                "length_field",
                                                                "concurrent_max",
                                                                "waiting_max",
                                                                "waiting_ms_max",
                                                                "connect_ms_max",
                                                                "first_token_ms_max",
                                                                "next_token_ms_max",
                                                                "answer_ms_max",
                                                                "tries_max",
                                                                "retry_ms_max",
                                                                "event_bytes_max",
                                                                "answer_bytes_max",
                                                                "stream_bytes_max"};
    static constexpr std::array fields{
        wire::Field{"name", 1, 64, "Shown to people, and in metrics."},
        wire::Field{"url", 0, 2'000, "The address before /chat/completions; empty: not used."},
        wire::Field{"key_file", 0, 4'000, "A file that holds the key and nothing else."},
        wire::Field{"key_variable", 0, 200, "The environment variable that holds the key."},
        wire::Field{"ca_file", 0, 4'000, "Certificates to trust instead of the system's (PEM)."},
        wire::Field{.name = "list_models",
                    .doc = "Ask it for its models when none are configured for it."},
        wire::Field{.name = "send_stream_options",
                    .doc = "Ask for figures of use; given up by itself where refused."},
        wire::Field{.name = "length_field",
                    .doc = "max_tokens, max_completion_tokens, or automatic."},
        wire::Field{"concurrent_max", 1, 100'000, "Answers at the same time."},
        wire::Field{"waiting_max", 0, 100'000, "Answers that wait for their turn."},
        wire::Field{"waiting_ms_max", 0, 600'000, "How long they wait, also for a rate limit."},
        wire::Field{"connect_ms_max", 10, 60'000, "To a connection, TLS included."},
        wire::Field{"first_token_ms_max", 10, 3'600'000, "From the request to the first token."},
        wire::Field{"next_token_ms_max", 10, 3'600'000, "Between two tokens."},
        wire::Field{"answer_ms_max", 10, 86'400'000, "From the request to the end."},
        wire::Field{"tries_max", 1, 10, "Tries before the first token."},
        wire::Field{"retry_ms_max", 0, 600'000,
                    "The longest pause between tries, also when it asks for more."},
        wire::Field{"event_bytes_max", 1'024, 64 << 20, "One event of its stream."},
        wire::Field{"answer_bytes_max", 1'024, 64 << 20, "The text of an answer."},
        wire::Field{"stream_bytes_max", 1'024, 1 << 30, "All that it sends for an answer."},
    };
};
BOOST_DESCRIBE_STRUCT(ProviderConfig, (),
                      (name, url, key_file, key_variable, ca_file, list_models, send_stream_options,
                       length_field, concurrent_max, waiting_max, waiting_ms_max, connect_ms_max,
                       first_token_ms_max, next_token_ms_max, answer_ms_max, tries_max,
                       retry_ms_max, event_bytes_max, answer_bytes_max, stream_bytes_max))

struct ModelConfig {
    std::string id;
    std::string provider = "openai";
    std::string name;
    std::string label;
    std::int64_t context_tokens = 32'768;
    std::int64_t input_price_micros = -1;
    std::int64_t output_price_micros = -1;
    std::vector<std::string> fallbacks;

    static constexpr std::array<std::string_view, 7> defaulted{
        "provider", "name", "label", "context_tokens", "input_price_micros", "output_price_micros",
        "fallbacks"};
    static constexpr std::array fields{
        wire::Field{"id", 1, 128, "What people and conversations choose it by."},
        wire::Field{"provider", 1, 64, "The name of its provider."},
        wire::Field{"name", 0, 200, "What the provider calls it; empty: as its id."},
        wire::Field{"label", 0, 200, "For people; empty: as its id."},
        wire::Field{"context_tokens", 256, 100'000'000, "Prompt and answer together."},
        wire::Field{"input_price_micros", -1, 1'000'000'000'000,
                    "A million tokens, in millionths of the currency; -1: unknown."},
        wire::Field{"output_price_micros", -1, 1'000'000'000'000, "Likewise of answers."},
        wire::Field{"fallbacks", 0, 8, "Models that answer instead, in this order."},
    };
};
BOOST_DESCRIBE_STRUCT(ModelConfig, (),
                      (id, provider, name, label, context_tokens, input_price_micros,
                       output_price_micros, fallbacks))

// Answers without a provider: for a first look, for tests and for measurements.
struct SimulatedConfig {
    std::int64_t seed = 1;
    std::chrono::milliseconds first_token_ms{150};
    std::chrono::milliseconds token_ms{20};
    bool scripts = false;
    std::int64_t context_tokens = 16'384;
    std::size_t concurrent_max = 20'000;

    static constexpr std::array<std::string_view, 4> live{"seed", "first_token_ms", "token_ms",
                                                          "scripts"};
    static constexpr std::array fields{
        wire::Field{.name = "seed", .doc = "Other seeds give other answers."},
        wire::Field{"first_token_ms", 0, 600'000, "Before the first token."},
        wire::Field{"token_ms", 0, 60'000, "Between tokens; 0: all at once."},
        wire::Field{.name = "scripts",
                    .doc = "Obey [[fail start]] and the like at the beginning of a prompt: tests."},
        wire::Field{"context_tokens", 256, 100'000'000, "As if it had such a window."},
        wire::Field{"concurrent_max", 1, 1'000'000, "Answers at the same time."},
    };
};
BOOST_DESCRIBE_STRUCT(SimulatedConfig, (),
                      (seed, first_token_ms, token_ms, scripts, context_tokens, concurrent_max))

struct Config {
    ProviderConfig openai;
    std::vector<ProviderConfig> providers;
    std::vector<ModelConfig> models;
    SimulatedConfig simulated;
    std::string default_model;
    std::string currency = "USD";
    std::size_t answers_max = 20'000;
    std::int64_t breaker_failures = 5;
    std::chrono::milliseconds breaker_ms{10'000};
    std::chrono::milliseconds breaker_ms_max{120'000};
    std::chrono::seconds list_seconds{600};

    static constexpr std::array fields{
        wire::Field{.name = "openai", .doc = "A provider that needs no more than its url."},
        wire::Field{"providers", 0, 32, "Further providers."},
        wire::Field{"models", 0, 1'000, "Models with names, windows, prices and fallbacks."},
        wire::Field{.name = "simulated", .doc = "The model that needs nobody."},
        wire::Field{"default_model", 0, 128,
                    "Empty: the first configured one, else the first listed one, else simulated."},
        wire::Field{"currency", 3, 3, "Of all prices."},
        wire::Field{"answers_max", 1, 1'000'000, "Answers at the same time, over all providers."},
        wire::Field{"breaker_failures", 1, 1'000,
                    "So many in a row, and a provider is left alone."},
        wire::Field{"breaker_ms", 10, 3'600'000, "For how long at first; doubles each time."},
        wire::Field{"breaker_ms_max", 10, 3'600'000, "For how long at most."},
        wire::Field{"list_seconds", 1, 86'400, "How often providers are asked for their models."},
    };
};
BOOST_DESCRIBE_STRUCT(Config, (),
                      (openai, providers, models, simulated, default_model, currency, answers_max,
                       breaker_failures, breaker_ms, breaker_ms_max, list_seconds))

}  // namespace loquat::model
