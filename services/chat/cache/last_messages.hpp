#pragma once
#include <unordered_map>
#include <vector>

#include "base/lru_cache.hpp"
#include "base/version.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "store/history/message_history.hpp"

namespace loquat::chat {

// The last message of each conversation used lately, kept up to date by what the consumer stores.
// May be a moment behind the store: who must not miss anything asks the store (`load`).
class LastMessages {
  public:
    LastMessages(store::MessageHistory& messages, std::size_t bytes_max)
        : messages_(messages), heads_(bytes_max) {}

    // In the order asked for.
    Task<std::vector<store::Head>> find_all(std::vector<ChatId> chats);
    Task<store::Head> find(ChatId chat);
    // From the store.
    Task<store::Head> load(ChatId chat);

    // Around everything that makes an answer of what `find` gave: what is edited or deleted while
    // it lives is not forgotten.
    class Meanwhile {
      public:
        explicit Meanwhile(LastMessages& heads) : heads_(heads) { ++heads_.loads_; }
        ~Meanwhile();
        Meanwhile(const Meanwhile&) = delete;
        Meanwhile& operator=(const Meanwhile&) = delete;

        // The head's message as it is now; null where it is as it was.
        const contracts::StoredMessage* find_change(const store::Head& found) const;

      private:
        LastMessages& heads_;
    };

    void on_stored(const contracts::StoredEvent& event);
    // The conversation is no more.
    void forget(const ChatId& chat);
    std::size_t size() const { return heads_.size(); }
    // After something may have been missed.
    void clear();

  private:
    Task<std::vector<store::Head>> load_all(std::vector<ChatId> chats);
    // Reads again what was read before something was missed, so that no stale head stays.
    Task<std::vector<store::Head>> load_and_keep(std::vector<ChatId> chats);
    // What came by event meanwhile is newer than what was read.
    const store::Head& keep(store::Head& loaded);
    void put(const store::Head& head);

    store::MessageHistory& messages_;
    LruCache<ChatId, store::Head> heads_;
    // How many answers are being made, and the edits and deletions since the first of them began:
    // what is loaded may be from before them.
    std::size_t loads_ = 0;
    std::unordered_map<MessageId, contracts::StoredMessage> changed_meanwhile_;
    Version missed_;
};

}  // namespace loquat::chat
