#pragma once
#include <span>
#include <vector>

#include "contracts/chat/events.hpp"
#include "services/chat/domain/records.hpp"
#include "store/history/message_history.hpp"

namespace loquat::chat {

// The numbers of messages that mention somebody, ascending.
using MentionSeqs = std::vector<std::int64_t>;

// Asks the store, of as many as there are, in their order.  The store is never behind what is in
// memory here.
Task<std::vector<MentionSeqs>> load_mentions(store::MessageHistory& messages,
                                             std::vector<store::MentionQuery> queries);
// Who has read everything is not asked for.
Task<MentionSeqs> load_mentions(store::MessageHistory& messages, store::MentionQuery query,
                                std::int64_t last_seq);

// What somebody has not read, of the messages up to `last_seq`.
contracts::UnreadCount count_unread(std::int64_t last_seq, std::int64_t read_seq,
                                    std::span<const std::int64_t> deleted_seqs,
                                    std::span<const std::int64_t> mention_seqs);

}  // namespace loquat::chat
