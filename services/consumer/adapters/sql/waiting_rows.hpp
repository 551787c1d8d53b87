#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/chat/records.hpp"
#include "store/sql/database.hpp"

namespace loquat::consumer {

// A message's row; nothing where there is one already.
inline constexpr std::string_view insert_sql =
    "INSERT INTO messages (chat, seq, id, sender, sender_kind, username, display_name, client_id, "
    "text, reply_to, mentions, generation_id, created_at, sent_sum) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING";
inline constexpr std::string_view mention_sql =
    "INSERT INTO mentions (user, chat, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

// As a row has them: their 16 bytes one behind the other.
std::string joined(const std::vector<UserId>& users);
// Absent is NULL: most messages have neither mentions nor a generation.
std::optional<store::BlobView> blob_or_null(const std::string& bytes);

struct RowPlace {
    std::int64_t chat = 0;
    std::int64_t seq = 0;
    const std::string& client_id;
    const std::string& mentions;
};
// Of insert_sql; refers to what it is made from.
store::Params message_params(const contracts::MessageRecord& record, const RowPlace& place);

// Rows of new messages, written together.  Refers to the records until they are written.
class WaitingRows {
  public:
    void add(const contracts::MessageRecord& record, std::int64_t chat, std::int64_t seq);
    // `store.conflict` when one of them is there already.
    void write(store::Transaction& transaction);
    void clear();

  private:
    std::vector<store::Params> messages_;
    std::vector<store::Params> mentions_;
    std::deque<std::string> joined_;
};

}  // namespace loquat::consumer
