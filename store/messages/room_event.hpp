#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "store/messages/message_store.hpp"

namespace loquat::store {

// What is broadcast on `chat.room.{chat}`.  `body` is the event as clients get it, encoded once.
struct RoomEvent {
    std::string type;      // as in the body: `message`, `message_edited`, `typing` ...
    std::int64_t seq = 0;  // of a `message`; 0 for all other events
    UserId subject;        // whom it concerns: the sender, who types, who was removed
    std::string body;      // JSON
    // Whom the message of the event mentions now.
    std::vector<UserId> mentions;

    friend bool operator==(const RoomEvent&, const RoomEvent&) = default;
};

// What is broadcast on `chat.outcome.{origin}`.
struct OutcomeEvent {
    std::uint64_t origin_ref = 0;
    Outcome outcome;
};

// What is broadcast on `chat.stored` for each change, so that lists of chats stay fresh.
struct StoredEvent {
    OutcomeKind kind = OutcomeKind::stored;  // stored, edited or deleted
    StoredMessage message;
};

inline constexpr std::string_view stored_topic = "chat.stored";
std::string room_topic(ChatId chat);
std::string outcome_topic(std::string_view origin);

std::string encode(const RoomEvent& event);
std::string encode(const OutcomeEvent& event);
std::string encode(const StoredEvent& event);
std::optional<RoomEvent> decode_room_event(std::string_view bytes);
std::optional<OutcomeEvent> decode_outcome_event(std::string_view bytes);
std::optional<StoredEvent> decode_stored_event(std::string_view bytes);

}  // namespace loquat::store
