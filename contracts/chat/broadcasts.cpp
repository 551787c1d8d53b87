#include "contracts/chat/broadcasts.hpp"

#include "contracts/chat/record_parts.hpp"

namespace loquat::contracts {
namespace {

constexpr std::uint8_t version = 1;
// With what stands beside the body.
constexpr std::uint8_t room_event_version = 2;
// As the first version, of what is told again.
constexpr std::uint8_t retold_version = 2;

void put(wire::Encoder& out, const Outcome& outcome) {
    out.byte(static_cast<std::uint8_t>(outcome.kind));
    out.bytes(outcome.code);
    out.byte(outcome.kind == OutcomeKind::refused ? 0 : 1);
    if (outcome.kind != OutcomeKind::refused) {
        contracts::put(out, outcome.message);
    }
}

Outcome get_outcome(wire::Decoder& in) {
    Outcome outcome;
    outcome.kind = static_cast<OutcomeKind>(in.choice(1, 6));
    outcome.code = in.bytes();
    const std::uint8_t expected = outcome.kind == OutcomeKind::refused ? 0 : 1;
    if (in.choice(expected, expected) == 1) {
        outcome.message = get_message(in);
    }
    return outcome;
}

}  // namespace

std::string encode(const RoomEvent& event) {
    constexpr std::size_t head_bytes_max = 64;
    std::string begun;
    begun.reserve(head_bytes_max + event.stream.size() + event.preview.size() + event.body.size() +
                  event.mentions.size() * sizeof(UserId));
    wire::Encoder out{std::move(begun)};
    out.byte(room_event_version);
    out.bytes(event.type);
    out.signed_number(event.seq);
    out.uuid(event.subject.uuid);
    put(out, event.mentions);
    out.signed_number(event.number);
    out.bytes(event.stream);
    out.byte(event.ends ? 1 : 0);
    out.bytes(event.preview);
    out.bytes(event.body);
    return out.take();
}

template <>
std::optional<RoomEvent> decode<RoomEvent>(std::string_view bytes) {
    wire::Decoder in{bytes};
    in.choice(room_event_version, room_event_version);
    RoomEvent event;
    event.type = in.bytes();
    event.seq = in.signed_number();
    event.subject = UserId{in.uuid()};
    event.mentions = get_users(in);
    event.number = in.signed_number();
    event.stream = in.bytes();
    event.ends = in.choice(0, 1) == 1;
    event.preview = in.bytes();
    event.body = in.bytes();
    return in.finished() ? std::optional{std::move(event)} : std::nullopt;
}

RoomEvent message_told(OutcomeKind kind, Message message) {
    const std::int64_t seq = message.seq.value_or(0);
    const UserId sender = message.sender.id;
    std::vector<UserId> mentions = message.mentions;
    std::string preview;
    if (message.text.size() > preview_bytes_max) {
        preview = wire::encode(to_preview(message));
    }
    RoomEvent event;
    if (kind == OutcomeKind::edited) {
        event = room_event(MessageEdited{std::move(message)}, sender);
    } else if (kind == OutcomeKind::deleted) {
        event = room_event(MessageDeleted{std::move(message)}, sender);
    } else {
        event = room_event(MessageEvent{std::move(message)}, sender);
        event.seq = seq;
    }
    event.number = event.seq == 0 ? seq : 0;
    event.mentions = std::move(mentions);
    event.preview = std::move(preview);
    return event;
}

// The message is the last member of the body.
std::string_view listed_message(const RoomEvent& event) {
    constexpr std::string_view before_type = R"({"type":")";
    constexpr std::string_view before_message = R"(","message":)";
    const std::size_t begin = before_type.size() + event.type.size() + before_message.size();
    if (!event.preview.empty() || event.body.size() <= begin) {
        return event.preview;
    }
    const std::string_view rest = std::string_view{event.body}.substr(begin);
    return rest.substr(0, rest.size() - 1);
}

std::string encode(const OutcomeEvent& event) {
    wire::Encoder out;
    out.byte(version);
    out.number(event.origin_ref);
    put(out, event.outcome);
    return out.take();
}

template <>
std::optional<OutcomeEvent> decode<OutcomeEvent>(std::string_view bytes) {
    wire::Decoder in{bytes};
    in.choice(version, version);
    OutcomeEvent event;
    event.origin_ref = in.number();
    event.outcome = get_outcome(in);
    return in.finished() ? std::optional{std::move(event)} : std::nullopt;
}

std::string encode(const StoredEvent& event) {
    wire::Encoder out;
    out.byte(event.is_retold ? retold_version : version);
    out.byte(static_cast<std::uint8_t>(event.kind));
    put(out, event.message);
    return out.take();
}

template <>
std::optional<StoredEvent> decode<StoredEvent>(std::string_view bytes) {
    wire::Decoder in{bytes};
    StoredEvent event;
    event.is_retold = in.choice(version, retold_version) == retold_version;
    event.kind = static_cast<OutcomeKind>(in.choice(1, 5));
    event.message = get_message(in);
    return in.finished() ? std::optional{std::move(event)} : std::nullopt;
}

std::string encode(const ChangedEvent& event) {
    wire::Encoder out;
    out.byte(version);
    out.uuid(event.origin);
    out.uuid(event.chat.uuid);
    out.signed_number(event.version);
    put(out, event.gone);
    out.byte(event.is_assistant_off ? 1 : 0);
    return out.take();
}

template <>
std::optional<ChangedEvent> decode<ChangedEvent>(std::string_view bytes) {
    wire::Decoder in{bytes};
    in.choice(version, version);
    ChangedEvent event;
    event.origin = in.uuid();
    event.chat = ChatId{in.uuid()};
    event.version = in.signed_number();
    event.gone = get_users(in);
    event.is_assistant_off = in.choice(0, 1) == 1;
    return in.finished() ? std::optional{std::move(event)} : std::nullopt;
}

}  // namespace loquat::contracts
