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

    // Around everything that makes an answer of what `find` gave: what is deleted while it lives is
    // not forgotten.
    class Meanwhile {
      public:
        explicit Meanwhile(DeletedMessages& deletions) : deletions_(deletions) {
            ++deletions_.loads_;
        }
        ~Meanwhile();
        Meanwhile(const Meanwhile&) = delete;
        Meanwhile& operator=(const Meanwhile&) = delete;

        // `found`, and what was deleted since.
        DeletedSeqs now(const ChatId& chat, DeletedSeqs found) const;

      private:
        DeletedMessages& deletions_;
    };

    void on_stored(const contracts::StoredEvent& event);
    // The conversation is no more.
    void forget(const ChatId& chat) { known_.erase(chat); }
    // After something may have been missed.
    void clear();

  private:
    DeletedSeqs keep(const ChatId& chat, std::vector<std::int64_t> loaded, Version asked);

    store::MessageHistory& messages_;
    LruCache<ChatId, DeletedSeqs> known_;
    // How many answers are being made, and what was deleted since the first of them began: what is
    // loaded may be from before that.
    std::size_t loads_ = 0;
    std::vector<std::pair<ChatId, std::int64_t>> deleted_meanwhile_;
    Version missed_;
};

}  // namespace loquat::chat
