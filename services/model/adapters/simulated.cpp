#include "services/model/adapters/simulated.hpp"

#include <algorithm>

#include "base/tokens.hpp"
#include "services/model/adapters/provider_error.hpp"
#include "services/model/domain/text_cleaner.hpp"

namespace loquat::model {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t no_end = 200'000;          // tokens of any answer
constexpr std::int64_t tokens_at_once_max = 256;  // when no time passes between tokens
constexpr std::size_t text_kept_max = 64 * 1024;
constexpr std::int64_t tokens_of_a_message = 4;

// FNV-1a.
std::uint64_t mix(std::uint64_t hash, std::string_view text) {
    for (const char byte : text) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
    }
    return (hash ^ 0xFF) * 0x100000001b3ULL;
}

std::int64_t count_input(const contracts::GenerateRequest& request) {
    std::int64_t tokens = 0;
    for (const contracts::PromptMessage& message : request.messages) {
        tokens += count_tokens(message.content) + tokens_of_a_message;
    }
    return tokens;
}

}  // namespace

// What is being said.
struct Simulated::Speech {
    Topic topic;
    Dice dice{0};
    Script script;
    std::string text;
    std::size_t at = 0;     // everything before has been said
    std::int64_t said = 0;  // tokens
    std::int64_t most = 0;  // tokens, after which it stops
    bool goes_on = false;   // makes more text when it comes to the end
};

Simulated::Simulated(aio::Loop& loop, const SimulatedConfig& config, milliseconds stall_max)
    : loop_(loop), config_(config), stall_max_(stall_max) {}

std::uint64_t Simulated::seed_of(const contracts::GenerateRequest& request) const {
    std::uint64_t hash = mix(0xcbf29ce484222325ULL, std::to_string(config_.seed));
    for (const contracts::PromptMessage& message : request.messages) {
        hash = mix(hash, message.content);
    }
    const bool is_fixed = request.temperature && *request.temperature == 0;
    return is_fixed ? hash : mix(hash, request.generationId);
}

Task<Ending> Simulated::answer(Prompt prompt, AnswerSink& sink) {
    const contracts::GenerateRequest& request = *prompt.request;
    Speech speech;
    const std::string& last = request.messages.back().content;
    speech.script.rest = last;
    if (config_.scripts) {
        speech.script = Script::parse(last);
    }
    speech.topic = Topic::find(request.messages, speech.script.rest);
    speech.dice = Dice{seed_of(request)};
    Ending ending;
    if (speech.script.fails_at_start) {
        ending.setback = Setback{Failure{Kind::unavailable, "provider.unavailable",
                                         "The simulated model has failed, as it was told."},
                                 Again::elsewhere};
        co_return ending;
    }
    speech.goes_on = speech.script.is_endless || speech.script.tokens.has_value();
    const bool is_title = request.purpose == contracts::GeneratePurpose::title;
    const std::string text = is_title ? write_title(last) : write_answer(speech.topic, speech.dice);
    TextCleaner cleaner;
    cleaner.append(speech.text, text);
    cleaner.finish(speech.text);
    const std::int64_t wanted = speech.script.tokens.value_or(no_end);
    const std::int64_t allowed = request.max_tokens.value_or(static_cast<std::int32_t>(no_end));
    speech.most = std::min({wanted, allowed, speech.script.break_after.value_or(no_end),
                            speech.script.stall_after.value_or(no_end)});
    const std::int64_t input = count_input(request);
    sink.on_accepted();
    sink.on_usage({.input = input});
    co_await speak(speech, sink);
    if (speech.script.stall_after == speech.said) {
        co_await loop_.sleep_for(stall_max_);
        ending.setback = timed_out("a script's stall");
    } else if (speech.script.break_after == speech.said) {
        ending.setback = truncated("a script's break");
    }
    if (speech.said >= no_end) {
        ending.setback = too_long("a script's answer without an end");
    }
    if (!ending.setback) {
        sink.on_usage({.input = input, .output = speech.said, .is_output_final = true});
    }
    const bool is_cut = speech.said == allowed && speech.said < wanted &&
                        (speech.goes_on || speech.at < speech.text.size());
    ending.finish_reason = is_cut ? "length" : "stop";
    co_return ending;
}

Task<void> Simulated::speak(Speech& speech, AnswerSink& sink) {
    const milliseconds pace = speech.script.pace.value_or(config_.token_ms);
    if (config_.first_token_ms > milliseconds{0}) {
        co_await loop_.sleep_for(config_.first_token_ms);
    }
    const Steady begun = std::chrono::steady_clock::now();
    while (speech.said < speech.most) {
        // What is late is said together.
        std::int64_t due = tokens_at_once_max;
        if (pace.count() > 0) {
            const auto passed = std::chrono::steady_clock::now() - begun;
            due = std::min(tokens_at_once_max, passed / pace + 1 - speech.said);
        }
        std::string text = next_tokens(speech, std::min(due, speech.most - speech.said));
        if (text.empty() && due > 0) {
            co_return;
        }
        if (!sink.on_text(std::move(text))) {
            co_await sink.room();
        }
        const auto left = begun + pace * speech.said - std::chrono::steady_clock::now();
        co_await loop_.sleep_for(std::max(std::chrono::ceil<milliseconds>(left), milliseconds{0}));
    }
}

// Empty at the end.
std::string Simulated::next_tokens(Speech& speech, std::int64_t most) const {
    std::string said;
    for (std::int64_t i = 0; i < most; ++i) {
        if (speech.at == speech.text.size() && speech.goes_on) {
            if (speech.text.size() > text_kept_max) {
                speech.text.clear();
                speech.at = 0;
            }
            speech.text += "\n\n" + write_paragraph(speech.topic, speech.dice);
        }
        const std::string_view token = next_token(speech.text, speech.at);
        if (token.empty()) {
            break;
        }
        said += token;
        speech.at += token.size();
        ++speech.said;
    }
    return said;
}

Task<std::vector<ListedModel>> Simulated::list_models() { co_return std::vector<ListedModel>{}; }

}  // namespace loquat::model
