#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "contracts/chat/chat.hpp"
#include "contracts/events/topics.hpp"

// Live events: JSON bodies of STOMP MESSAGE frames, and what carries them between services.
namespace loquat::contracts {

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
// The body up to `event`; with it and a closing brace it is whole.
std::string generation_event_head(std::string_view generation_id, std::int64_t event_id,
                                  const GenerationOrigin* origin = nullptr);

// Messages behind my marker that are still there, and those of them that mention me.
struct UnreadCount {
    std::int64_t unread = 0;
    std::int64_t mentions = 0;

    friend auto operator<=>(const UnreadCount&, const UnreadCount&) = default;
};

// What an event of the queue `chats` says of one's place in a conversation, for who counts what is
// unread.
struct ListedPlace {
    ChatId chat;
    std::optional<std::int64_t> last_seq;  // none: only the marker moved
    std::int64_t read_seq = 0;
    UnreadCount count;

    friend bool operator==(const ListedPlace&, const ListedPlace&) = default;
};

// Told under `user.{user}`.
struct UserEvent {
    std::string queue;  // `chats` or `session`
    std::string body;   // JSON, as the person's clients get it
    std::optional<ListedPlace> listed;

    friend bool operator==(const UserEvent&, const UserEvent&) = default;
};
std::string encode(const UserEvent& event);
template <>
std::optional<UserEvent> decode<UserEvent>(std::string_view bytes);

// Told under `presence.told`: one or more bodies for the queue `presence` of these people.
struct PeopleEvent {
    std::vector<UserId> users;
    std::string lines;  // a body each

    friend bool operator==(const PeopleEvent&, const PeopleEvent&) = default;
};
std::string encode(const PeopleEvent& event);
template <>
std::optional<PeopleEvent> decode<PeopleEvent>(std::string_view bytes);

// `type` is chat_added or chat_changed (with the chat as that person sees it).
std::string chat_event(std::string_view type, const Chat& chat);
// Somebody's name or state is another one; to everybody's queue `chats`.
std::string user_changed_event(const PublicUser& user);
std::string chat_removed_event(const ChatId& chat);
// My marker moved on another device.
std::string my_read_event(const ChatId& chat, std::int64_t seq, UnreadCount count);
// `last_message` is JSON; empty: it has not changed, and is left out.
std::string unread_event(const ChatId& chat, std::int64_t last_seq, UnreadCount count,
                         std::string_view last_message);
// A message for lists: of a longer text only as much as a preview shows.
inline constexpr std::size_t preview_bytes_max = 512;
std::string preview_of(const Message& message);

}  // namespace loquat::contracts
