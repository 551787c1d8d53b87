#pragma once
#include "contracts/chat/chat.hpp"
#include "contracts/events/resync.hpp"
#include "contracts/generation/events.hpp"

// Live events of conversations: bodies of STOMP MESSAGE frames.
namespace loquat::contracts {

// On `/topic/chats/{id}`.
struct MessageEvent {
    static constexpr std::string_view event_type = "message";
    Message message;
};
BOOST_DESCRIBE_STRUCT(MessageEvent, (), (message))

struct MessageEdited {
    static constexpr std::string_view event_type = "message_edited";
    Message message;
};
BOOST_DESCRIBE_STRUCT(MessageEdited, (), (message))

struct MessageDeleted {
    static constexpr std::string_view event_type = "message_deleted";
    Message message;
};
BOOST_DESCRIBE_STRUCT(MessageDeleted, (), (message))

struct TypingEvent {
    static constexpr std::string_view event_type = "typing";
    UserId user_id;
};
BOOST_DESCRIBE_STRUCT(TypingEvent, (), (user_id))

struct ReadEvent {
    static constexpr std::string_view event_type = "read";
    UserId user_id;
    std::int64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(ReadEvent, (), (user_id, seq))

struct MemberAdded {
    static constexpr std::string_view event_type = "member_added";
    UserId user_id;
};
BOOST_DESCRIBE_STRUCT(MemberAdded, (), (user_id))

struct MemberRemoved {
    static constexpr std::string_view event_type = "member_removed";
    UserId user_id;
};
BOOST_DESCRIBE_STRUCT(MemberRemoved, (), (user_id))

struct ChatEvent : wire::OneOf<MessageEvent, MessageEdited, MessageDeleted, TypingEvent, ReadEvent,
                               MemberAdded, MemberRemoved, GenerationEvent, ResyncEvent> {};

// On `/user/queue/chats`: the conversation as that person sees it.
struct ChatAdded {
    static constexpr std::string_view event_type = "chat_added";
    Chat chat;
};
BOOST_DESCRIBE_STRUCT(ChatAdded, (), (chat))

struct ChatChanged {
    static constexpr std::string_view event_type = "chat_changed";
    Chat chat;
};
BOOST_DESCRIBE_STRUCT(ChatChanged, (), (chat))

struct ChatRemoved {
    static constexpr std::string_view event_type = "chat_removed";
    ChatId chat_id;
};
BOOST_DESCRIBE_STRUCT(ChatRemoved, (), (chat_id))

// Somebody's name or state is another one.
struct UserChanged {
    static constexpr std::string_view event_type = "user_changed";
    PublicUser user;
};
BOOST_DESCRIBE_STRUCT(UserChanged, (), (user))

// How much is unread, as of `last_seq`; `last_message` is left out where it did not change.
struct UnreadEvent {
    static constexpr std::string_view event_type = "unread";
    ChatId chat_id;
    std::int64_t last_seq = 0;
    std::int64_t unread = 0;
    std::int64_t mentions = 0;
    std::optional<wire::Encoded<Message>> last_message;
};
BOOST_DESCRIBE_STRUCT(UnreadEvent, (), (chat_id, last_seq, unread, mentions, last_message))

// My marker moved on another device.
struct MyRead {
    static constexpr std::string_view event_type = "read";
    ChatId chat_id;
    std::int64_t seq = 0;
    std::int64_t unread = 0;
    std::int64_t mentions = 0;
};
BOOST_DESCRIBE_STRUCT(MyRead, (), (chat_id, seq, unread, mentions))

struct ChatsEvent : wire::OneOf<ChatAdded, ChatChanged, ChatRemoved, UserChanged, UnreadEvent,
                                MyRead, ResyncEvent> {};

// Messages behind one's marker that are still there, and those of them that mention one.
struct UnreadCount {
    std::int64_t unread = 0;
    std::int64_t mentions = 0;

    friend auto operator<=>(const UnreadCount&, const UnreadCount&) = default;
};

// A message for lists: of a longer text only as much as a preview shows.
inline constexpr std::size_t preview_bytes_max = 512;
Message to_preview(Message message);

}  // namespace loquat::contracts
