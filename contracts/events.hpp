#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "contracts/chat/chat.hpp"

// Live events: JSON bodies of STOMP MESSAGE frames, and the broadcast topics that carry them
// between services.
namespace loquat::contracts {

// Broadcast topics beside those of store/messages/room_event.hpp (chat.room.{id}, chat.stored,
// chat.outcome.{origin}):
//   user.{user id}   an event for one person's own queues
//   presence.told    events for several people's queue `presence`
//   auth.revoked     a Revocation as JSON
//   auth.keys        the keys that verify access tokens, as a JWK set; told before a new one signs
//   auth.users       a UserList as JSON: people whose names are others from now on, or who were
//                    disabled, enabled or removed
std::string user_topic(const UserId& user);
inline constexpr std::string_view presence_topic = "presence.told";
inline constexpr std::string_view revoked_topic = "auth.revoked";
inline constexpr std::string_view keys_topic = "auth.keys";
inline constexpr std::string_view users_topic = "auth.users";

// Bodies.  `type` is message, message_edited or message_deleted.
std::string message_event(std::string_view type, const Message& message);
std::string typing_event(const UserId& user);
std::string read_event(const UserId& user, std::int64_t seq);
// `type` is member_added or member_removed.
std::string member_event(std::string_view type, const UserId& user);

// One event of an answer of an assistant.  `event` is the event as JSON, as the stream has it.  The
// first event also says whose it is.
struct GenerationOrigin {
    UserId user_id;
    std::string model;
    std::optional<MessageId> prompt_message_id;
};
std::string generation_event(std::string_view generation_id, std::int64_t event_id,
                             std::string_view event, const GenerationOrigin* origin = nullptr);

// Payload of a user topic: the queue (`chats`, `session`), a newline, then the JSON
// body.
struct UserEvent {
    std::string_view queue;
    std::string_view body;
};
std::string encode_user_event(std::string_view queue, std::string_view body);
UserEvent decode_user_event(std::string_view payload);

// Payload of the presence topic: how many people, a newline, their ids of 16 bytes, then the
// bodies, a line each.
struct PeopleEvent {
    std::vector<UserId> users;
    std::string_view lines;
};
std::string encode_people_event(std::span<const UserId> users, std::string_view lines);
// Nobody, when it is not readable.
PeopleEvent decode_people_event(std::string_view payload);

// `type` is chat_added or chat_changed (with the chat as that person sees it).
std::string chat_event(std::string_view type, const Chat& chat);
// Somebody's name or state is another one; to everybody's queue `chats`.
std::string user_changed_event(const PublicUser& user);
std::string chat_removed_event(const ChatId& chat);
// Messages behind my marker that are still there, and those of them that mention me.
struct UnreadCount {
    std::int64_t unread = 0;
    std::int64_t mentions = 0;

    friend auto operator<=>(const UnreadCount&, const UnreadCount&) = default;
};
// My marker moved on another device.
std::string my_read_event(const ChatId& chat, std::int64_t seq, UnreadCount count);
// `last_message` is JSON; empty: it has not changed, and is left out.
std::string unread_event(const ChatId& chat, std::int64_t last_seq, UnreadCount count,
                         std::string_view last_message);
// A message for lists: of a longer text only as much as a preview shows.
inline constexpr std::size_t preview_bytes_max = 512;
std::string preview_of(const Message& message);

}  // namespace loquat::contracts
