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

    void on_stored(const contracts::StoredEvent& event);
    // The conversation is no more.
    void forget(const ChatId& chat);
    std::size_t size() const { return heads_.size(); }
    // After something may have been missed.
    void clear();

  private:
    class Loading;
    Task<std::vector<store::Head>> load_all(std::vector<ChatId> chats);
    // Reads again what was read before something was missed, so that no stale head stays.
    Task<std::vector<store::Head>> load_and_keep(std::vector<ChatId> chats);
    // What came by event meanwhile is newer than what was read.
    const store::Head& keep(store::Head& loaded);
    void put(const store::Head& head);

    store::MessageHistory& messages_;
    LruCache<ChatId, store::Head> heads_;
    // Edits and deletions of messages that were nobody's known head, while heads are being loaded:
    // what is loaded may be from before them.
    std::size_t loads_ = 0;
    std::unordered_map<MessageId, contracts::StoredMessage> changed_meanwhile_;
    Version missed_;
};

}  // namespace loquat::chat
