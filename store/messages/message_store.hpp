#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "contracts/chat/records.hpp"
#include "contracts/events/topics.hpp"
#include "store/position/position.hpp"

namespace loquat::store {

// Spelled out in contracts/chat/records.hpp.
using contracts::Authority;
using contracts::make_stored;
using contracts::MessageRecord;
using contracts::Outcome;
using contracts::OutcomeKind;
using contracts::RecordKind;
using contracts::Sender;
using contracts::StoredMessage;
using SenderKind = contracts::ParticipantKind;

struct Page {
    std::vector<StoredMessage> items;  // ascending by seq
    std::int64_t head_seq = 0;         // the chat's last one; 0 for a chat without messages
};

struct PageQuery {
    ChatId chat;
    std::optional<std::int64_t> before_seq;  // the newest ones below it
    std::optional<std::int64_t> after_seq;   // the oldest ones above it; wins over before_seq
    std::size_t limit = 50;                  // 1 to 200
};

struct Head {
    ChatId chat;
    std::int64_t last_seq = 0;
    std::optional<StoredMessage> last;  // none for a chat without messages
};

// Somebody's part of a conversation, from behind where they have read.
struct MentionQuery {
    ChatId chat;
    UserId user;
    std::int64_t after_seq = 0;
};

// How far a search through all messages has come; meant for the store that gave it.
struct ScanPlace {
    std::int64_t chat = 0;
    std::int64_t seq = 0;
};

struct Scanned {
    struct Found {
        ChatId chat;
        MessageId id;
    };
    std::vector<Found> found;
    std::optional<ScanPlace> next;  // none: that was all
};

using MessageBatch = Batch<MessageRecord>;

// The messages of all chats.  Fails as store/sql/database.hpp says.
class MessageStore : public PositionStore {
  public:
    static constexpr std::size_t page_max = 200;
    static constexpr std::size_t heads_max = 500;
    static constexpr std::size_t deleted_max = 10'000;
    static constexpr std::size_t mentions_max = 10'000;
    static constexpr std::size_t scanned_max = 10'000;

    // Applies all records and moves the position in one transaction; one outcome for each record,
    // in order. The same records from the same position give the same result again, and records
    // that were applied before change nothing.  The outcome of a record that cannot be decoded is
    // refused `record.unreadable`.  `store.position_moved` (409) when the position is no longer
    // `batch.from`: read it again.
    virtual Task<std::vector<Outcome>> apply_batch(MessageBatch batch) = 0;

    virtual Task<std::optional<StoredMessage>> find_by_id(MessageId id) = 0;
    virtual Task<std::optional<StoredMessage>> find_by_client_id(ChatId chat, UserId sender,
                                                                 std::string client_id) = 0;
    // What a message with that client id and text_sum(text) would be: duplicate or conflict; none
    // when the client id is free.
    virtual Task<std::optional<Outcome>> find_repeat(ChatId chat, UserId sender,
                                                     std::string client_id, std::int64_t sum) = 0;
    virtual Task<Page> page(PageQuery query) = 0;
    // In the order asked for, at most heads_max.
    virtual Task<std::vector<Head>> heads(std::vector<ChatId> chats) = 0;
    // The numbers of each chat's deleted messages, ascending; the newest deleted_max of them.  In
    // the order asked for, at most heads_max.
    virtual Task<std::vector<std::vector<std::int64_t>>> list_deleted(
        std::vector<ChatId> chats) = 0;
    // The numbers of the messages that mention the person now (edits and deletions follow),
    // ascending; the newest mentions_max of each.  In the order asked for, at most heads_max.
    virtual Task<std::vector<std::vector<std::int64_t>>> list_mentions(
        std::vector<MentionQuery> queries) = 0;
    // Somebody's messages that are not deleted, among the next scanned_max of all messages behind
    // `after`.  For what is seldom done: there is no index.
    virtual Task<Scanned> scan_sender(UserId sender, ScanPlace after) = 0;
};

}  // namespace loquat::store
