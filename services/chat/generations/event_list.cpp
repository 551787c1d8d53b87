#include "services/chat/generations/event_list.hpp"

#include "contracts/generation/events.hpp"
#include "net/http/sse.hpp"
#include "wire/binary.hpp"
#include "wire/codec.hpp"

namespace loquat::chat {
namespace {

// Of a cut: the kind in the lowest bit, and above it the length of a delta, or state and position.
constexpr std::uint64_t delta_bit = 1;

// In the place of a state.
constexpr std::uint64_t reset_code = 5;
constexpr std::uint64_t notice_code = 6;
constexpr int code_bits = 3;
constexpr std::uint64_t code_mask = (1U << code_bits) - 1;

contracts::AnswerNotice notice_of(std::int64_t dropped) {
    const std::string left_out =
        dropped == 1 ? "The oldest message was left out"
                     : "The oldest " + std::to_string(dropped) + " messages were left out";
    return {"generation.context_shortened", left_out + ": the model cannot read all of them.",
            dropped};
}

void append_cut(std::string& events, const GenerationEvent& event) {
    wire::Encoder out;
    if (event.kind == EventKind::delta) {
        out.number(static_cast<std::uint64_t>(event.delta.size()) << 1 | delta_bit);
    } else {
        out.number(pack_state(event) << 1);
    }
    events += out.take();
}

std::string without_lengths(const std::string& events) {
    wire::Decoder in{events};
    wire::Encoder out;
    while (in.ok() && !in.finished()) {
        const std::uint64_t cut = in.number();
        out.number((cut & delta_bit) != 0 ? delta_bit : cut);
    }
    return out.take();
}

std::string_view name_of(EventKind kind) {
    switch (kind) {
        case EventKind::reset:
            return contracts::AnswerReset::event_type;
        case EventKind::notice:
            return contracts::AnswerNotice::event_type;
        case EventKind::state:
            return contracts::AnswerState::event_type;
        case EventKind::delta:
            return contracts::AnswerDelta::event_type;
        case EventKind::error:
            return contracts::AnswerError::event_type;
        case EventKind::usage:
            return contracts::AnswerUsage::event_type;
        case EventKind::done:
            return contracts::AnswerDone::event_type;
    }
    return contracts::AnswerDone::event_type;
}

}  // namespace

std::uint64_t pack_state(const GenerationEvent& event) {
    switch (event.kind) {
        case EventKind::reset:
            return reset_code;
        case EventKind::notice:
            return static_cast<std::uint64_t>(event.dropped) << code_bits | notice_code;
        default:
            return static_cast<std::uint64_t>(event.queue_position) << code_bits |
                   static_cast<std::uint64_t>(event.state);
    }
}

std::optional<GenerationEvent> unpack_state(std::uint64_t packed) {
    const std::uint64_t state = packed & code_mask;
    const auto rest = static_cast<std::int64_t>(packed >> code_bits);
    if (state == reset_code) {
        return GenerationEvent{.kind = EventKind::reset};
    }
    if (state == notice_code) {
        return GenerationEvent{.kind = EventKind::notice, .dropped = rest};
    }
    if (state > static_cast<std::uint64_t>(GenerationState::canceled)) {
        return std::nullopt;
    }
    GenerationEvent event;
    event.kind = EventKind::state;
    event.state = static_cast<GenerationState>(state);
    event.queue_position = rest;
    return event;
}

void append_json(std::string& out, const GenerationEvent& event) {
    switch (event.kind) {
        case EventKind::state: {
            const auto position = event.state == GenerationState::queued
                                      ? std::optional{event.queue_position}
                                      : std::nullopt;
            return wire::append(out, contracts::AnswerState{event.state, position});
        }
        case EventKind::delta:
            return wire::append(out, contracts::AnswerDelta{event.delta});
        case EventKind::error:
            return wire::append(out, contracts::AnswerError{event.error.code, event.error.message});
        case EventKind::usage:
            return wire::append(out,
                                contracts::AnswerUsage{event.tokens.input, event.tokens.output});
        case EventKind::notice:
            return wire::append(out, notice_of(event.dropped));
        case EventKind::reset:
            return wire::append(out, contracts::AnswerReset{});
        case EventKind::done:
            return wire::append(out, contracts::AnswerDone{});
    }
}

void append_stream_text(std::string& out, std::int64_t id, const EncodedEvent& event) {
    const std::string number = std::to_string(id);
    net::http::append_sse(out, {.event = name_of(event.kind), .data = event.json, .id = number});
}

std::string to_stream_text(std::int64_t id, const GenerationEvent& event) {
    std::string json;
    append_json(json, event);
    std::string text;
    append_stream_text(text, id, {event.kind, json});
    return text;
}

void add_told(GenerationRecord& record, const GenerationEvent& event) {
    if (event.kind == EventKind::reset) {
        record.text.clear();
        record.events = without_lengths(record.events);
    }
    append_cut(record.events, event);
    record.text += event.delta;
}

std::vector<GenerationEvent> ending_events(const GenerationRecord& record) {
    std::vector<GenerationEvent> events;
    if (record.error) {
        events.push_back({.kind = EventKind::error, .error = *record.error});
    }
    events.push_back({.kind = EventKind::usage, .tokens = record.tokens});
    events.push_back({.kind = EventKind::state, .state = record.state});
    events.push_back({.kind = EventKind::done});
    return events;
}

std::vector<GenerationEvent> told_events(const GenerationRecord& record) {
    std::vector<GenerationEvent> events;
    wire::Decoder in{record.events};
    std::string_view left = record.text;
    while (in.ok() && !in.finished()) {
        const std::uint64_t cut = in.number();
        if ((cut & delta_bit) != 0) {
            const std::size_t length = std::min<std::size_t>(cut >> 1, left.size());
            events.push_back(
                {.kind = EventKind::delta, .delta = std::string{left.substr(0, length)}});
            left.remove_prefix(length);
        } else if (auto state = unpack_state(cut >> 1)) {
            events.push_back(std::move(*state));
        }
    }
    return events;
}

std::vector<GenerationEvent> rebuild_events(const GenerationRecord& record) {
    std::vector<GenerationEvent> events = told_events(record);
    for (GenerationEvent& event : ending_events(record)) {
        events.push_back(std::move(event));
    }
    return events;
}

std::size_t count_events(const GenerationRecord& record) {
    wire::Decoder in{record.events};
    std::size_t count = 0;
    while (in.ok() && !in.finished()) {
        in.number();
        ++count;
    }
    return is_terminal(record.state) ? count + ending_events(record).size() : count;
}

}  // namespace loquat::chat
