#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "contracts/chat/events.hpp"
#include "contracts/chat/records.hpp"
#include "contracts/events/topics.hpp"

// What is broadcast of conversations and their messages.
namespace loquat::contracts {

// Told under `chat.room.{chat}`.  `body` is the event as clients get it, encoded once; what a
// server between must know of it stands beside it, so that nobody has to read it.
struct RoomEvent {
    std::string type;      // as in the body: `message`, `message_edited`, `typing` ...
    std::int64_t seq = 0;  // of a `message`; 0 for all other events
    UserId subject;        // whom it concerns: the sender, who types, who was removed
    std::string body;      // JSON
    // Whom the message of the event mentions now.
    std::vector<UserId> mentions;
    // Of an edit or a deletion: the message's seq.  Of an event of a stream: where it stands in it,
    // 1, 2, 3 ...
    std::int64_t number = 0;
    std::string stream;  // the generation whose event it is
    bool ends = false;   // nothing follows in the stream
    // The message as JSON with as much text as lists show; empty where that is all of it.
    std::string preview;

    friend bool operator==(const RoomEvent&, const RoomEvent&) = default;
};

std::string encode(const RoomEvent& event);
template <>
std::optional<RoomEvent> decode<RoomEvent>(std::string_view bytes);

// With its type and its body; all else is the caller's to say.
template <wire::Tagged Body>
RoomEvent room_event(const Body& body, const UserId& subject) {
    return {.type = std::string{Body::event_type},
            .seq = 0,
            .subject = subject,
            .body = wire::encode(body)};
}
// Of a message that was stored, edited or deleted.
RoomEvent message_told(OutcomeKind kind, Message message);
// The message of an event of type `message`, `message_edited` or `message_deleted` as JSON, as
// lists show it.
std::string_view listed_message(const RoomEvent& event);

// Told under `chat.outcome.{origin}`.
struct OutcomeEvent {
    std::uint64_t origin_ref = 0;
    Outcome outcome;
};

std::string encode(const OutcomeEvent& event);
template <>
std::optional<OutcomeEvent> decode<OutcomeEvent>(std::string_view bytes);

// Told under `chat.stored` for each change.
struct StoredEvent {
    OutcomeKind kind = OutcomeKind::stored;  // stored, edited or deleted
    StoredMessage message;
    bool is_retold = false;  // may have been told before, perhaps long ago
};

std::string encode(const StoredEvent& event);
template <>
std::optional<StoredEvent> decode<StoredEvent>(std::string_view bytes);

// Told under `chat.changed` by the instance of chat that changed a conversation, for the others.
struct ChangedEvent {
    static constexpr std::int64_t no_more = INT64_MAX;

    Uuid origin;  // the instance
    ChatId chat;
    std::int64_t version = 0;       // that it has now; `no_more`: it was deleted
    std::vector<UserId> gone;       // who is not in it any more
    bool is_assistant_off = false;  // it could be asked before
};

std::string encode(const ChangedEvent& event);
template <>
std::optional<ChangedEvent> decode<ChangedEvent>(std::string_view bytes);

}  // namespace loquat::contracts
