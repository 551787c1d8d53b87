#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace loquat::store {

enum class SenderKind : std::uint8_t { person = 0, assistant = 1, system = 2 };
enum class RecordKind : std::uint8_t { message = 1, edit = 2, remove = 3 };
// Who may change another's message: checked again when the record is applied.
enum class Authority : std::uint8_t { sender = 0, moderator = 1 };

// Who wrote, as they were called at that time.
struct Sender {
    UserId id;
    std::string username;
    std::string display_name;
    SenderKind kind = SenderKind::person;
    // Another one's name looked like it when this was sent; on its way only, not in the store.
    bool is_name_shared = false;

    friend bool operator==(const Sender&, const Sender&) = default;
};

// One record of the log `chat.messages`; its key is the chat's id as text.
struct MessageRecord {
    RecordKind kind = RecordKind::message;
    ChatId chat;
    MessageId message_id;  // new for a message; the one that is changed otherwise
    Sender sender;         // who sends, edits or deletes
    Authority authority = Authority::sender;
    std::string client_id;  // messages only, 1 to 64 characters
    std::string text;       // messages and edits
    std::optional<MessageId> reply_to;
    std::vector<UserId> mentions;
    std::string generation_id;  // empty: written by a person
    Time at{};                  // when it was sent, edited or deleted
    // Of a removal by somebody else: the author as they are called now.  What is told of it says
    // it.
    std::optional<Sender> author;
    // Where the outcome goes: topic `chat.outcome.{origin}` with `origin_ref`.  Empty: nobody
    // waits.
    std::string origin;
    std::uint64_t origin_ref = 0;

    friend bool operator==(const MessageRecord&, const MessageRecord&) = default;
};

inline constexpr std::string_view messages_topic = "chat.messages";
// Who reads it into the store; its position says how far.
inline constexpr std::string_view log_reader = "consumer";

std::string encode(const MessageRecord& record);
// None for anything that `encode` did not write: unknown version, kind or flag, bytes missing or
// left over.
std::optional<MessageRecord> decode_message_record(std::string_view bytes);

}  // namespace loquat::store
