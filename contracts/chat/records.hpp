#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "contracts/chat/message.hpp"
#include "contracts/events/topics.hpp"

// What chat writes into the log, and what becomes of it.
namespace loquat::contracts {

enum class RecordKind : std::uint8_t { message = 1, edit = 2, remove = 3 };
// Who may change another's message: checked again when the record is applied.
enum class Authority : std::uint8_t { sender = 0, moderator = 1 };

// One record of the log `chat.messages`; its key is the chat's id as text.
struct MessageRecord {
    RecordKind kind = RecordKind::message;
    ChatId chat;
    MessageId message_id;  // new for a message; the one that is changed otherwise
    Sender sender;         // who sends, edits or deletes, as they were called at that time
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

std::string encode(const MessageRecord& record);
// None for anything that `encode` did not write: unknown version, kind or flag, bytes missing or
// left over.
template <>
std::optional<MessageRecord> decode<MessageRecord>(std::string_view bytes);

// A message that has its number.
struct StoredMessage {
    MessageId id;
    ChatId chat;
    std::int64_t seq = 0;  // 1, 2, 3 ... in each chat, without a hole
    std::string client_id;
    Sender sender;     // whether another one's name looked like it is not kept in a store
    std::string text;  // empty once deleted
    std::optional<MessageId> reply_to;
    std::vector<UserId> mentions;
    std::string generation_id;
    Time created_at{};
    std::optional<Time> edited_at;
    std::optional<Time> deleted_at;

    friend bool operator==(const StoredMessage&, const StoredMessage&) = default;
};

StoredMessage make_stored(const MessageRecord& record, std::int64_t seq);

enum class OutcomeKind : std::uint8_t {
    stored = 1,     // `message` is new
    duplicate = 2,  // nothing changed; `message` is the first one (or as it was already)
    conflict = 3,   // the same client id with other text; `message` is the first one.  Only of a
                    // record with an origin: of others the sender was told already that it counts
    edited = 4,
    deleted = 5,
    refused = 6,  // `code` says why; `message` is empty
};

// What became of a record.
struct Outcome {
    OutcomeKind kind = OutcomeKind::refused;
    StoredMessage message;
    // `message.not_found`, `message.deleted`, `chat.forbidden`, `record.unreadable`,
    // `record.refused`
    std::string code;
};

// Messages as the outside sees them, with the names that are in them.
Message to_message(StoredMessage message);
// Of a record that has no number yet.
Message to_message(const MessageRecord& record);

}  // namespace loquat::contracts
