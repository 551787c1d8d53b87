#include "store/messages/room_event.hpp"

#include "store/messages/parts.hpp"

namespace loquat::store {
namespace {

constexpr std::uint8_t version = 1;

void put(Encoder& out, const Outcome& outcome) {
    out.byte(static_cast<std::uint8_t>(outcome.kind));
    out.bytes(outcome.code);
    out.byte(outcome.kind == OutcomeKind::refused ? 0 : 1);
    if (outcome.kind != OutcomeKind::refused) {
        store::put(out, outcome.message);
    }
}

Outcome get_outcome(Decoder& in) {
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

std::string room_topic(ChatId chat) { return "chat.room." + chat.to_string(); }
std::string outcome_topic(std::string_view origin) { return "chat.outcome." + std::string{origin}; }

std::string encode(const RoomEvent& event) {
    Encoder out;
    out.byte(version);
    out.bytes(event.type);
    out.signed_number(event.seq);
    out.uuid(event.subject.uuid);
    out.bytes(event.body);
    put(out, event.mentions);
    return out.take();
}

std::optional<RoomEvent> decode_room_event(std::string_view bytes) {
    Decoder in{bytes};
    in.choice(version, version);
    RoomEvent event;
    event.type = in.bytes();
    event.seq = in.signed_number();
    event.subject = UserId{in.uuid()};
    event.body = in.bytes();
    event.mentions = get_users(in);
    return in.finished() ? std::optional{std::move(event)} : std::nullopt;
}

std::string encode(const OutcomeEvent& event) {
    Encoder out;
    out.byte(version);
    out.number(event.origin_ref);
    put(out, event.outcome);
    return out.take();
}

std::optional<OutcomeEvent> decode_outcome_event(std::string_view bytes) {
    Decoder in{bytes};
    in.choice(version, version);
    OutcomeEvent event;
    event.origin_ref = in.number();
    event.outcome = get_outcome(in);
    return in.finished() ? std::optional{std::move(event)} : std::nullopt;
}

std::string encode(const StoredEvent& event) {
    Encoder out;
    out.byte(version);
    out.byte(static_cast<std::uint8_t>(event.kind));
    store::put(out, event.message);
    return out.take();
}

std::optional<StoredEvent> decode_stored_event(std::string_view bytes) {
    Decoder in{bytes};
    in.choice(version, version);
    StoredEvent event;
    event.kind = static_cast<OutcomeKind>(in.choice(1, 5));
    event.message = get_message(in);
    return in.finished() ? std::optional{std::move(event)} : std::nullopt;
}

}  // namespace loquat::store
