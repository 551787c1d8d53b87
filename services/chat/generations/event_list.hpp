#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/chat/domain/generation.hpp"

// The events of an answer: 1, 2, 3 ... without a hole.  What comes before the end (states and
// deltas) is decided as it happens and is written down; the end follows from the record.
namespace loquat::chat {

enum class EventKind : std::uint8_t {
    state = 1,
    delta = 2,
    error = 3,
    usage = 4,
    done = 5,
    reset = 6,   // all text before it is taken back
    notice = 7,  // the model was given less than was meant
};

struct GenerationEvent {
    EventKind kind = EventKind::done;
    GenerationState state = GenerationState::queued;  // of `state`
    std::int64_t queue_position = 0;                  // of `state` queued
    std::int64_t dropped = 0;                         // of `notice`: messages
    std::string delta;
    GenerationTokens tokens;  // of `usage`
    GenerationError error;

    friend bool operator==(const GenerationEvent& a, const GenerationEvent& b) {
        return a.kind == b.kind && a.state == b.state && a.queue_position == b.queue_position &&
               a.dropped == b.dropped && a.delta == b.delta;
    }
};

// {"type":"delta","delta":"..."} and so on.
void append_json(std::string& out, const GenerationEvent& event);
// The event with its number as text of an event stream; `json` is what append_json gives.
struct EncodedEvent {
    EventKind kind = EventKind::done;
    std::string_view json;
};
void append_stream_text(std::string& out, std::int64_t id, const EncodedEvent& event);
std::string to_stream_text(std::int64_t id, const GenerationEvent& event);

// Adds an event to what was told: to the text, and to the states and lengths of deltas of
// `GenerationRecord::events`.  After a reset the deltas before it are there and empty, so that
// numbers stay and what was taken back is gone.
void add_told(GenerationRecord& record, const GenerationEvent& event);
// What was told of an answer before its end, from its record's text and cuts.
std::vector<GenerationEvent> told_events(const GenerationRecord& record);
// All events of an ended answer, from its record alone.
std::vector<GenerationEvent> rebuild_events(const GenerationRecord& record);
std::size_t count_events(const GenerationRecord& record);
// error if there is one, usage, the terminal state, done.
std::vector<GenerationEvent> ending_events(const GenerationRecord& record);

// What is no delta in one number, and back; none for a number that is nothing of it.
std::uint64_t pack_state(const GenerationEvent& event);
std::optional<GenerationEvent> unpack_state(std::uint64_t packed);

}  // namespace loquat::chat
