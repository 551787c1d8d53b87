#pragma once
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/lru_cache.hpp"
#include "base/version.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "store/history/message_history.hpp"

namespace loquat::chat {

// The numbers of a conversation's deleted messages, ascending; never null.
using DeletedSeqs = std::shared_ptr<const std::vector<std::int64_t>>;

// Messages that somebody has not read: those behind `read_seq`, up to `last_seq`, which are still
// there.
std::int64_t count_unread(std::int64_t last_seq, std::int64_t read_seq,
                          std::span<const std::int64_t> deleted_seqs);

// What was deleted in each conversation used lately, kept up to date by what the consumer stores.
// May be a moment behind the store.
class DeletedMessages {
  public:
    DeletedMessages(store::MessageHistory& messages, std::size_t bytes_max);

    // In the order asked for.
    Task<std::vector<DeletedSeqs>> find_all(std::vector<ChatId> chats);
    Task<DeletedSeqs> find(ChatId chat);

    void on_stored(const contracts::StoredEvent& event);
    // The conversation is no more.
    void forget(const ChatId& chat) { known_.erase(chat); }
    // After something may have been missed.
    void clear();

  private:
    class Loading;
    DeletedSeqs keep(const ChatId& chat, std::vector<std::int64_t> loaded, Version asked);

    store::MessageHistory& messages_;
    LruCache<ChatId, DeletedSeqs> known_;
    // While something is being loaded: what is loaded may be from before them.
    std::size_t loads_ = 0;
    std::vector<std::pair<ChatId, std::int64_t>> deleted_meanwhile_;
    Version missed_;
};

}  // namespace loquat::chat
