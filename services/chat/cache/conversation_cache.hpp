#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "aio/keyed_mutex.hpp"
#include "base/lru_cache.hpp"
#include "services/chat/domain/rules.hpp"
#include "services/chat/ports.hpp"

namespace loquat::chat {

class WriteBehind;

// A conversation with all its members, as the store has it or had it a moment ago.
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
    // How many were added since this was loaded: what was asked for before a newcomer is not
    // complete.
    std::uint64_t newcomers() const { return newcomers_; }

    // Forgets `names`.
    void add(MemberRecord member);
    void remove(const UserId& user);
    // What was judged and written is so here too.
    void apply(const ChatChange& change, std::int64_t version);
    // As it is in the store now.  Gives those who are not in it any more.
    std::vector<UserId> replace(LoadedChat loaded);
    // The conversation is no more: nobody is in it, for whoever still holds it.
    void close();

    Standing standing_of(const UserId& user) const;
    // The other person of a direct chat.
    std::optional<UserId> peer_of(const UserId& user) const;

  private:
    friend class ConversationCache;
    std::vector<MemberRecord> members_;
    std::uint64_t newcomers_ = 0;
    // Where others change it too:
    Steady checked_at_{};     // so it was then
    bool is_stale_ = false;   // somebody has changed it since
    bool is_listed_ = false;  // among those that are checked before they are too old
};
using ConversationPtr = std::shared_ptr<CachedConversation>;

// How old what is in memory may be where others change conversations too.
struct SharedConversations {
    std::chrono::milliseconds age_max{2'000};
    // A clock that goes on while the machine sleeps.
    std::function<Steady()> now;
};

// The conversations used last.  Whoever holds a ConversationPtr keeps it the only copy: it is not
// let go meanwhile.
class ConversationCache {
  public:
    // Told what others have changed, once it is noticed here.
    class Listener {
      public:
        virtual ~Listener() = default;
        virtual void on_gone(const ChatId& chat, const UserId& user) = 0;
        virtual void on_assistant_off(const ChatId& chat) = 0;
        virtual void on_closed(const ChatId& chat) = 0;
    };

    // Without `shared` this is the only one who changes conversations.
    ConversationCache(ChatStore& store, const WriteBehind& unsaved, std::size_t members_max,
                      std::optional<SharedConversations> shared = std::nullopt)
        : store_(store),
          unsaved_(unsaved),
          shared_(std::move(shared)),
          loads_(1'000),
          rooms_(members_max) {}

    // What is in memory and may be judged on; good until the next co_await.
    CachedConversation* peek(const ChatId& id);
    // What is in memory, however old.
    CachedConversation* peek_any(const ChatId& id);
    // Null when there is no such conversation.
    Task<ConversationPtr> find(ChatId id);
    // As find, for a person who wants to do something: throws as `require`.  Nobody is refused by
    // what is old.
    Task<ConversationPtr> get(ChatId id, UserId user, Action action);
    // As get, of what the store has now: also what another instance has acknowledged a moment ago.
    Task<ConversationPtr> get_latest(ChatId id, UserId user, Action action);

    // A conversation that was just made.
    void add(CachedConversation conversation);
    // A change that was made here.
    void apply(CachedConversation& conversation, const Judged& judged);
    // After names were loaded.
    void resize(const CachedConversation& conversation);
    void forget(const ChatId& id) { rooms_.erase(id); }
    std::size_t size() const { return rooms_.size(); }

    // Where others change conversations too.
    void listen(Listener* listener) { listener_ = listener; }
    // Somebody has changed it to that version; INT64_MAX: it is no more.
    void note_version(const ChatId& id, std::int64_t version);
    // Something may have been told that was not heard.
    void distrust();
    // Asks for the versions of those that were used since, or are held, before they are too old.
    Task<void> keep_fresh();

  private:
    struct IsHeld {
        bool operator()(const ConversationPtr& conversation) const {
            return conversation.use_count() > 1;
        }
    };
    class Loading;

    bool is_fresh(CachedConversation& conversation);
    ConversationPtr find_any(const ChatId& id);
    Task<ConversationPtr> load(ChatId id);
    Task<ConversationPtr> check(ChatId id);
    // None when it is no more; false when it has another version by now.
    Task<std::optional<bool>> is_same(ConversationPtr conversation);
    bool was_told_newer(const ChatId& id, std::int64_t version) const;
    ConversationPtr keep(LoadedChat loaded, Steady asked_at);
    void renew(CachedConversation& conversation, LoadedChat loaded);
    void end(const ConversationPtr& conversation);
    std::vector<ConversationPtr> take_listed();
    Task<void> check_all(std::vector<ConversationPtr> conversations);

    ChatStore& store_;
    const WriteBehind& unsaved_;
    std::optional<SharedConversations> shared_;
    Listener* listener_ = nullptr;
    aio::KeyedMutex<ChatId> loads_;
    LruCache<ChatId, ConversationPtr, IsHeld> rooms_;
    Steady trusted_since_{};
    std::vector<ChatId> listed_;
    // While something is being loaded: what is loaded may be from before them.
    std::size_t loading_ = 0;
    std::unordered_map<ChatId, std::int64_t> told_meanwhile_;
};

}  // namespace loquat::chat
