#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "contracts/chat/chat.hpp"
#include "wire/schema.hpp"

// Events of answers that are being written.
namespace loquat::contracts {

// The data of an answer's event stream, 1, 2, 3 ... without a hole.
struct AnswerState {
    static constexpr std::string_view event_type = "state";
    GenerationState state = GenerationState::queued;
    std::optional<std::int64_t> queue_position;  // of a queued one
};
BOOST_DESCRIBE_STRUCT(AnswerState, (), (state, queue_position))

struct AnswerDelta {
    static constexpr std::string_view event_type = "delta";
    std::string delta;
};
BOOST_DESCRIBE_STRUCT(AnswerDelta, (), (delta))

// All text so far was thought aloud: it is gone.
struct AnswerReset {
    static constexpr std::string_view event_type = "reset";
};
BOOST_DESCRIBE_STRUCT(AnswerReset, (), ())

// The model was given less than was meant.
struct AnswerNotice {
    static constexpr std::string_view event_type = "notice";
    std::string code;
    std::string message;
    std::int64_t dropped = 0;  // messages
};
BOOST_DESCRIBE_STRUCT(AnswerNotice, (), (code, message, dropped))

struct AnswerUsage {
    static constexpr std::string_view event_type = "usage";
    std::int64_t inputTokens = 0;
    std::int64_t outputTokens = 0;
};
BOOST_DESCRIBE_STRUCT(AnswerUsage, (), (inputTokens, outputTokens))

struct AnswerError {
    static constexpr std::string_view event_type = "error";
    std::string code;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(AnswerError, (), (code, message))

struct AnswerDone {
    static constexpr std::string_view event_type = "done";
};
BOOST_DESCRIBE_STRUCT(AnswerDone, (), ())

struct AnswerEvent : wire::OneOf<AnswerState, AnswerDelta, AnswerReset, AnswerNotice, AnswerUsage,
                                 AnswerError, AnswerDone> {};

// In a room the first event of an answer says whose it is.
struct GenerationBegan {
    static constexpr std::string_view event_type = "generation";
    std::string generationId;
    std::int64_t event_id = 0;
    UserId user_id;  // who asked
    std::string model;
    std::optional<MessageId> prompt_message_id;
    wire::Encoded<AnswerEvent> event;

    static constexpr std::array<std::string_view, 1> nulls{"prompt_message_id"};
};
BOOST_DESCRIBE_STRUCT(GenerationBegan, (),
                      (generationId, event_id, user_id, model, prompt_message_id, event))

struct GenerationContinued {
    static constexpr std::string_view event_type = "generation";
    std::string generationId;
    std::int64_t event_id = 0;
    wire::Encoded<AnswerEvent> event;
};
BOOST_DESCRIBE_STRUCT(GenerationContinued, (), (generationId, event_id, event))

// In place of the events up to `event_id`, for who comes later.
struct AnswerSnapshot {
    static constexpr std::string_view event_type = "snapshot";
    GenerationState state = GenerationState::queued;
    std::string text;
    std::optional<std::int64_t> queue_position;

    static constexpr std::array<std::string_view, 1> nulls{"queue_position"};
};
BOOST_DESCRIBE_STRUCT(AnswerSnapshot, (), (state, text, queue_position))

struct GenerationSnapshot {
    static constexpr std::string_view event_type = "generation";
    std::string generationId;
    UserId user_id;
    std::string model;
    std::int64_t event_id = 0;
    AnswerSnapshot event;
};
BOOST_DESCRIBE_STRUCT(GenerationSnapshot, (), (generationId, user_id, model, event_id, event))

struct GenerationEvent : wire::OneOf<GenerationBegan, GenerationContinued, GenerationSnapshot> {};

}  // namespace loquat::contracts
