#pragma once
#include <cstdint>
#include <string_view>

#include "base/ids.hpp"

namespace loquat::realtime {

// What a client may subscribe to.
enum class Feed : std::uint8_t { room, chats, presence, session };

struct FeedTarget {
    Feed feed = Feed::room;
    ChatId chat;  // of a room
};
// Throws `stomp.unknown_destination`, and `chat.not_found` for something that cannot be a chat's
// id.
FeedTarget parse_feed(std::string_view destination);

// What a client may send to.
enum class Action : std::uint8_t { message, typing, read, refresh_token, presence };

struct ActionTarget {
    Action action = Action::message;
    ChatId chat;  // nil for `/app/chat`, where the body names it
};
// Throws as parse_feed does.
ActionTarget parse_action(std::string_view destination);

// The chat's id, or `chat.not_found`.
ChatId parse_chat_id(std::string_view text);

}  // namespace loquat::realtime
