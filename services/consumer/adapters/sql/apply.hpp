#pragma once
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/consumer/adapters/sql/waiting_rows.hpp"
#include "services/consumer/ports.hpp"
#include "store/folder/marks.hpp"
#include "store/sql/database.hpp"

namespace loquat::consumer {

// Columns of a message in the order that `read_message` expects; the sum of the sent text comes
// last.
inline constexpr std::string_view message_columns =
    "seq, id, sender, sender_kind, username, display_name, client_id, text, reply_to, mentions, "
    "generation_id, created_at, edited_at, deleted_at, sent_sum";
contracts::StoredMessage read_message(const store::Row& row, ChatId chat);

// Applies batches to the tables.  Lives on the database's writer side: use only inside
// transactions, one at a time.  Remembers each chat's number and last sequence number; what it
// remembers is dropped when the positions of a partition are not those that it left, as after a
// commit that failed.
class Applier {
  public:
    explicit Applier(store::SeqMarks marks = {}) : marks_(marks) {}

    std::vector<contracts::Outcome> apply(store::Transaction& transaction,
                                          const MessageBatch& batch);

  private:
    struct Chat {
        std::int64_t number = 0;
        std::int64_t last_seq = 0;
        bool changed = false;
    };

    void find_floor(store::Transaction& transaction);
    void refresh(store::Transaction& transaction, const MessageBatch& batch);
    Chat& chat_of(store::Transaction& transaction, ChatId id);
    contracts::Outcome apply_record(store::Transaction& transaction,
                                    const contracts::MessageRecord& record);
    contracts::Outcome insert(store::Transaction& transaction,
                              const contracts::MessageRecord& record);
    contracts::Outcome insert_as(store::Transaction& transaction,
                                 const contracts::MessageRecord& record,
                                 const std::string& client_id);
    // Where every question is a journey: which messages are certainly new, found with one.  Learns
    // their chats.
    // `order`: in which they are applied.
    std::vector<bool> find_new(store::Transaction& transaction, const MessageBatch& batch,
                               const std::vector<std::size_t>& order);
    void learn_chats(store::Transaction& transaction, const MessageBatch& batch);
    contracts::Outcome insert_later(const contracts::MessageRecord& record);
    void advance(Chat& chat, std::int64_t seq);
    void save_heads(store::Transaction& transaction);

    store::SeqMarks marks_;
    std::optional<std::int64_t> floor_;  // all numbers go on after it; none: not read yet
    bool trusted_ = false;               // the last batch was applied to its end
    bool has_failed_ = false;            // the last batch that looked ahead was not
    std::map<store::Partition, std::vector<store::Position>> positions_;  // of all consumers
    std::unordered_map<ChatId, Chat> chats_;
    std::vector<Chat*> changed_;
    WaitingRows waiting_;
};

}  // namespace loquat::consumer
