#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "contracts/chat/events.hpp"
#include "contracts/events/topics.hpp"

namespace loquat::contracts {

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

}  // namespace loquat::contracts
