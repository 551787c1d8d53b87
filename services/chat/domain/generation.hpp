#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "contracts/generation/generation.hpp"
#include "contracts/model/model.hpp"

// An answer of an assistant as this service keeps it.
namespace loquat::chat {

using contracts::GenerationContext;
using contracts::GenerationError;
using contracts::GenerationState;
using contracts::UsageSource;
using GenerationId = Id<struct GenerationTag>;

constexpr bool is_terminal(GenerationState state) {
    return state == GenerationState::succeeded || state == GenerationState::failed ||
           state == GenerationState::canceled;
}

// The whole state machine: queued -> streaming -> succeeded | failed | canceled, and from queued to
// failed or canceled.  Nothing follows a terminal state.
constexpr bool may_follow(GenerationState from, GenerationState to) {
    switch (from) {
        case GenerationState::queued:
            return to == GenerationState::streaming || to == GenerationState::failed ||
                   to == GenerationState::canceled;
        case GenerationState::streaming:
            return is_terminal(to);
        case GenerationState::succeeded:
        case GenerationState::failed:
        case GenerationState::canceled:
            return false;
    }
    return false;
}

// How an answer ends; decided once.
struct Ending {
    GenerationState state = GenerationState::succeeded;
    std::optional<GenerationError> error;  // of a failed one
};

struct GenerationTokens {
    std::int64_t input = 0;
    std::int64_t output = 0;
    UsageSource source = UsageSource::counted;
};

struct GenerationRecord {
    GenerationId id;
    UserId user;  // who asked
    ChatId chat;
    std::string client_id;  // of the user in the chat; empty: none
    std::uint64_t request_hash = 0;
    GenerationState state = GenerationState::queued;

    std::string model;
    std::string model_label;  // the assistant's name in the conversation
    std::string provider;
    std::optional<std::string> system_prompt;
    std::optional<double> temperature;
    std::optional<std::int32_t> max_tokens;

    std::optional<MessageId> prompt;  // the message that it answers
    std::int64_t prompt_seq = 0;      // its place in the conversation; 0: not known yet
    bool is_again = false;            // answers it once more: what came after it is left out
    std::string request_id;

    std::string text;
    std::string events;  // what was told before the end, see generations/event_list.hpp
    GenerationTokens tokens;
    std::optional<std::int64_t> cost_micros;
    std::optional<GenerationError> error;
    std::optional<GenerationContext> context;
    std::optional<MessageId> answer;  // the message with the text; none when there is no text

    Time created_at{};
    std::optional<Time> started_at;
    std::optional<Time> finished_at;
    bool is_settled = false;  // the answer and its usage are in the log
};

}  // namespace loquat::chat
