#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aio/task.hpp"
#include "contracts/chat/records.hpp"
#include "store/position/position.hpp"

namespace loquat::store {

struct Page {
    std::vector<contracts::StoredMessage> items;  // ascending by seq
    std::int64_t head_seq = 0;  // the chat's last one; 0 for a chat without messages
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
    std::optional<contracts::StoredMessage> last;  // none for a chat without messages
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

// The messages of all chats, for who reads them: the consumer alone writes.  A read that begins
// after a message was told of sees it.  Fails as store/sql/database.hpp says.
class MessageHistory {
  public:
    static constexpr std::size_t page_max = 200;
    static constexpr std::size_t heads_max = 500;
    static constexpr std::size_t deleted_max = 10'000;
    static constexpr std::size_t mentions_max = 10'000;
    static constexpr std::size_t scanned_max = 10'000;

    virtual ~MessageHistory() = default;

    // Up to where of the log all records are in it.
    virtual Task<Progress> stored() = 0;

    virtual Task<std::optional<contracts::StoredMessage>> find_by_id(MessageId id) = 0;
    virtual Task<std::optional<contracts::StoredMessage>> find_by_client_id(
        ChatId chat, UserId sender, std::string client_id) = 0;
    // What a message with that client id and text_sum(text) would be: duplicate or conflict; none
    // when the client id is free.
    virtual Task<std::optional<contracts::Outcome>> find_repeat(ChatId chat, UserId sender,
                                                                std::string client_id,
                                                                std::int64_t sum) = 0;
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

// By which a sent text is known again after the message was edited.
std::int64_t text_sum(std::string_view text);

// `request.invalid` unless 1 <= limit <= page_max.
void check_page(const PageQuery& query);
void check_heads(std::size_t count);

}  // namespace loquat::store
