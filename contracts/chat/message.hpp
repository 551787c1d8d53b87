#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "contracts/auth/users.hpp"
#include "wire/describe.hpp"

// Messages of conversations; contracts/chat/chat.hpp has the interface.
namespace loquat::contracts {

struct Sender {
    UserId id;
    std::string username;
    std::string display_name;
    ParticipantKind kind = ParticipantKind::person;
    bool name_shared = false;  // as of PublicUser

    static constexpr std::array<std::string_view, 1> defaulted{"name_shared"};
    friend bool operator==(const Sender&, const Sender&) = default;
};
BOOST_DESCRIBE_STRUCT(Sender, (), (id, username, display_name, kind, name_shared))

struct Message {
    MessageId id;
    ChatId chat_id;
    std::optional<std::int64_t> seq;  // null while only the log has it
    std::string client_id;
    Sender sender;
    std::string text;  // empty once deleted
    std::optional<MessageId> reply_to;
    std::vector<UserId> mentions;
    Time created_at;
    std::optional<Time> edited_at;
    std::optional<Time> deleted_at;
    std::optional<std::string> generationId;
    // One line without marks, for lists, notifications and quotes; absent where it is `text`
    // itself.
    std::optional<std::string> preview;

    static constexpr std::array<std::string_view, 5> nulls{"seq", "reply_to", "edited_at",
                                                           "deleted_at", "generationId"};
};
BOOST_DESCRIBE_STRUCT(Message, (),
                      (id, chat_id, seq, client_id, sender, text, reply_to, mentions, created_at,
                       edited_at, deleted_at, generationId, preview))

inline constexpr std::size_t preview_characters_max = 240;
// `preview` of a message with this text.
std::optional<std::string> preview_of_text(std::string_view text);

struct PostMessageRequest {
    ChatId id;
    std::string client_id;
    std::string text;
    std::optional<MessageId> reply_to;

    static constexpr std::array fields{
        wire::Field{"client_id", 1, 64, "Chosen by the client; makes a repeat harmless."}};
};
BOOST_DESCRIBE_STRUCT(PostMessageRequest, (), (id, client_id, text, reply_to))

struct ListMessagesRequest {
    ChatId id;
    std::optional<std::int64_t> before_seq;
    std::optional<std::int64_t> after_seq;
    std::int32_t limit = 50;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"before_seq", 0}, wire::Field{"after_seq", 0},
                                       wire::Field{"limit", 1, 200, ""}};
};
BOOST_DESCRIBE_STRUCT(ListMessagesRequest, (), (id, before_seq, after_seq, limit))

struct MessagePage {
    std::vector<Message> items;             // ascending by seq
    std::optional<std::int64_t> first_seq;  // of `items`; null when empty
    std::optional<std::int64_t> last_seq;
    std::int64_t head_seq = 0;  // of the conversation

    static constexpr std::array<std::string_view, 2> nulls{"first_seq", "last_seq"};
};
BOOST_DESCRIBE_STRUCT(MessagePage, (), (items, first_seq, last_seq, head_seq))

struct EditMessageRequest {
    ChatId id;
    MessageId message_id;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(EditMessageRequest, (), (id, message_id, text))

struct MessageRef {
    ChatId id;
    MessageId message_id;
};
BOOST_DESCRIBE_STRUCT(MessageRef, (), (id, message_id))

// A message that is durable; it gets its seq a moment later.
struct Accepted {
    MessageId id;
    Time created_at;
};
BOOST_DESCRIBE_STRUCT(Accepted, (), (id, created_at))

// What happens to the others when a message is refused.
enum class AcceptMode {
    up_to_refused,  // those before it are accepted
    all_or_none,    // none is
};
BOOST_DESCRIBE_ENUM(AcceptMode, up_to_refused, all_or_none)

// Several messages of one sender, in this order; each with its conversation in `id`.
struct AcceptMessagesRequest {
    std::vector<PostMessageRequest> items;
    AcceptMode mode = AcceptMode::up_to_refused;
    static constexpr std::array fields{wire::Field{"items", 1, 1000, ""}};
};
BOOST_DESCRIBE_STRUCT(AcceptMessagesRequest, (), (items, mode))

struct RefusedMessage {
    std::int32_t status = 0;
    std::string code;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(RefusedMessage, (), (status, code, message))

// The first `accepted` ones are durable; the next was refused and nothing after it was looked at.
// Under all_or_none `accepted` is the number of items or 0.
struct AcceptedMessages {
    std::int64_t accepted = 0;
    std::optional<RefusedMessage> refused;
};
BOOST_DESCRIBE_STRUCT(AcceptedMessages, (), (accepted, refused))

// Messages of many senders, each with its conversation in `message.id`.
struct SentMessage {
    UserId sender_id;
    std::string sender_name;  // the user name
    PostMessageRequest message;
};
BOOST_DESCRIBE_STRUCT(SentMessage, (), (sender_id, sender_name, message))

struct ImportMessagesRequest {
    std::vector<SentMessage> items;
    static constexpr std::array fields{wire::Field{"items", 1, 1'000, ""}};
};
BOOST_DESCRIBE_STRUCT(ImportMessagesRequest, (), (items))

struct RefusedItem {
    std::int64_t index = 0;  // of the request's items
    std::string code;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(RefusedItem, (), (index, code, message))

// All items but these are durable, in their order.
struct ImportedMessages {
    std::vector<RefusedItem> refused;
};
BOOST_DESCRIBE_STRUCT(ImportedMessages, (), (refused))

}  // namespace loquat::contracts
