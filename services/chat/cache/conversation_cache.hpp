#pragma once
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "aio/keyed_mutex.hpp"
#include "base/lru_cache.hpp"
#include "services/chat/domain/rules.hpp"
#include "services/chat/ports.hpp"

namespace loquat::chat {

class WriteBehind;

// A conversation with all its members, as the store has it: this service is the only one that
// writes.
class CachedConversation {
  public:
    using Names = std::unordered_map<std::string, UserId>;

    explicit CachedConversation(LoadedChat loaded)
        : chat(std::move(loaded.chat)), members_(std::move(loaded.members)) {}

    ChatRecord chat;
    // Members by user name, perhaps also of some who left; loaded when a message first mentions
    // somebody.
    std::optional<Names> names;

    const std::vector<MemberRecord>& members() const { return members_; }  // ascending by user
    MemberRecord* find(const UserId& user);
    const MemberRecord* find(const UserId& user) const {
        return const_cast<CachedConversation*>(this)->find(user);
    }
    // Forgets `names`.
    void add(MemberRecord member);
    // How many were added since this was loaded: what was asked for before a newcomer is not
    // complete.
    std::uint64_t newcomers() const { return newcomers_; }
    void remove(const UserId& user);
    // The conversation is no more: nobody is in it, for whoever still holds it.
    void close();

    Standing standing_of(const UserId& user) const;
    // The other person of a direct chat.
    std::optional<UserId> peer_of(const UserId& user) const;

  private:
    std::vector<MemberRecord> members_;
    std::uint64_t newcomers_ = 0;
};
using ConversationPtr = std::shared_ptr<CachedConversation>;

// The conversations used last.  Whoever holds a ConversationPtr keeps it the only copy: it is not
// let go meanwhile.
class ConversationCache {
  public:
    ConversationCache(ChatStore& store, const WriteBehind& unsaved, std::size_t members_max)
        : store_(store), unsaved_(unsaved), loads_(1'000), rooms_(members_max) {}

    // What is in memory; good until the next co_await.
    CachedConversation* peek(const ChatId& id);
    // Null when there is no such conversation.
    Task<ConversationPtr> find(ChatId id);
    // As find, for a person who wants to do something: throws as `require`.
    Task<ConversationPtr> get(ChatId id, UserId user, Action action);

    // A conversation that was just made.
    void add(CachedConversation conversation);
    // After members came or went, or their names were loaded.
    void resize(const CachedConversation& conversation);
    void forget(const ChatId& id) { rooms_.erase(id); }
    std::size_t size() const { return rooms_.size(); }

  private:
    struct IsHeld {
        bool operator()(const ConversationPtr& conversation) const {
            return conversation.use_count() > 1;
        }
    };

    ChatStore& store_;
    const WriteBehind& unsaved_;
    aio::KeyedMutex<ChatId> loads_;
    LruCache<ChatId, ConversationPtr, IsHeld> rooms_;
};

}  // namespace loquat::chat
