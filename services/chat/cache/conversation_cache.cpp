#include "services/chat/cache/conversation_cache.hpp"

#include <algorithm>

#include "services/chat/cache/write_behind.hpp"
#include "services/chat/domain/assistant.hpp"
#include "services/chat/domain/failures.hpp"

namespace loquat::chat {
namespace {

constexpr int loads_max = 5;
// Versions that one question asks for.
constexpr std::size_t checked_at_once = ChatStore::list_max;

// Of a member each; a name weighs as two.
std::size_t weight_of(const CachedConversation& conversation) {
    return 4 + conversation.members().size() +
           (conversation.names ? 2 * conversation.names->size() : 0);
}

}  // namespace

class ConversationCache::Loading {
  public:
    explicit Loading(ConversationCache& cache) : cache_(cache) { ++cache_.loading_; }
    ~Loading() {
        if (--cache_.loading_ == 0) {
            cache_.told_meanwhile_.clear();
        }
    }
    Loading(const Loading&) = delete;
    Loading& operator=(const Loading&) = delete;

  private:
    ConversationCache& cache_;
};

CachedConversation* ConversationCache::peek_any(const ChatId& id) {
    const ConversationPtr* found = rooms_.find(id);
    return found != nullptr ? found->get() : nullptr;
}

CachedConversation* ConversationCache::peek(const ChatId& id) {
    const ConversationPtr* found = rooms_.find(id);
    return found != nullptr && is_fresh(**found) ? found->get() : nullptr;
}

ConversationPtr ConversationCache::find_any(const ChatId& id) {
    const ConversationPtr* found = rooms_.find(id);
    return found != nullptr ? *found : nullptr;
}

bool ConversationCache::is_fresh(CachedConversation& conversation) {
    if (!shared_) {
        return true;
    }
    if (!conversation.is_listed_) {
        conversation.is_listed_ = true;
        listed_.push_back(conversation.chat.id);
    }
    return !conversation.is_stale_ && conversation.checked_at_ >= trusted_since_ &&
           shared_->now() - conversation.checked_at_ < shared_->age_max;
}

Task<ConversationPtr> ConversationCache::find(ChatId id) {
    if (const ConversationPtr* found = rooms_.find(id); found != nullptr && is_fresh(**found)) {
        co_return *found;
    }
    const auto lock = co_await loads_.lock(id);
    if (const ConversationPtr* found = rooms_.find(id); found != nullptr && is_fresh(**found)) {
        co_return *found;
    }
    co_return co_await load(id);
}

Task<ConversationPtr> ConversationCache::check(ChatId id) {
    const auto lock = co_await loads_.lock(id);
    co_return co_await load(id);
}

Task<std::optional<bool>> ConversationCache::is_same(ConversationPtr conversation) {
    std::vector<ChatId> one{conversation->chat.id};
    const auto versions = co_await store_.list_versions(std::move(one));
    if (versions.empty()) {
        co_return std::nullopt;
    }
    co_return versions.front().version == conversation->chat.version;
}

// With the lock of its loads.
Task<ConversationPtr> ConversationCache::load(ChatId id) {
    const Loading loading{*this};
    for (int loads = 0; loads < loads_max; ++loads) {
        const Steady asked_at = shared_ ? shared_->now() : Steady{};
        const ConversationPtr known = find_any(id);
        if (known) {
            const std::optional<bool> same = co_await is_same(known);
            if (!same) {
                end(known);
                co_return nullptr;
            }
            if (*same && !was_told_newer(id, known->chat.version)) {
                known->checked_at_ = std::max(known->checked_at_, asked_at);
                known->is_stale_ = false;
                co_return known;
            }
        }
        auto loaded = co_await store_.load(id);
        if (!loaded) {
            if (known) {
                end(known);
            }
            co_return nullptr;
        }
        if (!was_told_newer(id, loaded->chat.version)) {
            co_return keep(std::move(*loaded), asked_at);
        }
    }
    throw Failure{Kind::unavailable, "upstream.unavailable",
                  "The conversation is changing; try again."};
}

bool ConversationCache::was_told_newer(const ChatId& id, std::int64_t version) const {
    const auto told = told_meanwhile_.find(id);
    return told != told_meanwhile_.end() && told->second > version;
}

ConversationPtr ConversationCache::keep(LoadedChat loaded, Steady asked_at) {
    const ChatId id = loaded.chat.id;
    ConversationPtr conversation = find_any(id);
    if (!conversation) {
        conversation = std::make_shared<CachedConversation>(std::move(loaded));
        unsaved_.merge_into(*conversation);
        rooms_.put(id, conversation, weight_of(*conversation));
    } else if (conversation->chat.version < loaded.chat.version) {
        renew(*conversation, std::move(loaded));
    }
    conversation->checked_at_ = std::max(conversation->checked_at_, asked_at);
    conversation->is_stale_ = false;
    return conversation;
}

void ConversationCache::renew(CachedConversation& conversation, LoadedChat loaded) {
    const ChatId id = conversation.chat.id;
    const bool was_asked = may_be_asked(conversation.chat.kind, conversation.chat.assistant);
    const std::vector<UserId> gone = conversation.replace(std::move(loaded));
    unsaved_.merge_into(conversation);
    resize(conversation);
    if (listener_ == nullptr) {
        return;
    }
    for (const UserId& user : gone) {
        listener_->on_gone(id, user);
    }
    if (was_asked && !may_be_asked(conversation.chat.kind, conversation.chat.assistant)) {
        listener_->on_assistant_off(id);
    }
}

void ConversationCache::end(const ConversationPtr& conversation) {
    const ChatId id = conversation->chat.id;
    std::vector<UserId> everybody;
    for (const MemberRecord& member : conversation->members()) {
        everybody.push_back(member.user);
    }
    conversation->close();
    forget(id);
    if (listener_ != nullptr) {
        for (const UserId& user : everybody) {
            listener_->on_gone(id, user);
        }
        listener_->on_closed(id);
    }
}

Task<ConversationPtr> ConversationCache::get(ChatId id, UserId user, Action action) {
    ConversationPtr conversation = co_await find(id);
    if (conversation && shared_ && !may(action, conversation->standing_of(user))) {
        conversation = co_await check(id);
    }
    if (!conversation) {
        throw chat_not_found();
    }
    require(action, conversation->standing_of(user));
    co_return conversation;
}

Task<ConversationPtr> ConversationCache::get_latest(ChatId id, UserId user, Action action) {
    if (!shared_) {
        co_return co_await get(id, user, action);
    }
    ConversationPtr conversation = co_await check(id);
    if (!conversation) {
        throw chat_not_found();
    }
    require(action, conversation->standing_of(user));
    co_return conversation;
}

void ConversationCache::add(CachedConversation conversation) {
    const ChatId id = conversation.chat.id;
    if (rooms_.find(id) == nullptr) {
        const std::size_t weight = weight_of(conversation);
        auto added = std::make_shared<CachedConversation>(std::move(conversation));
        rooms_.put(id, added, weight);
    }
}

// What was changed elsewhere since it was read is not known: then it is read again.
void ConversationCache::apply(CachedConversation& conversation, const Judged& judged) {
    if (judged.change.is_end) {
        conversation.close();
        forget(conversation.chat.id);
        return;
    }
    if (judged.before.chat.version != conversation.chat.version) {
        conversation.is_stale_ = true;
        return;
    }
    conversation.apply(judged.change, judged.version);
    resize(conversation);
}

void ConversationCache::resize(const CachedConversation& conversation) {
    rooms_.set_weight(conversation.chat.id, weight_of(conversation));
}

void ConversationCache::note_version(const ChatId& id, std::int64_t version) {
    if (loading_ > 0) {
        std::int64_t& told = told_meanwhile_[id];
        told = std::max(told, version);
    }
    CachedConversation* known = peek_any(id);
    if (known != nullptr && known->chat.version < version) {
        known->is_stale_ = true;
    }
}

void ConversationCache::distrust() {
    if (shared_) {
        trusted_since_ = shared_->now();
    }
}

std::vector<ConversationPtr> ConversationCache::take_listed() {
    std::vector<ConversationPtr> conversations;
    for (const ChatId& id : std::exchange(listed_, {})) {
        ConversationPtr known = find_any(id);
        if (!known) {
            continue;
        }
        // One that is held stays among them.
        known->is_listed_ = known.use_count() > 2;
        if (known->is_listed_) {
            listed_.push_back(id);
        }
        conversations.push_back(std::move(known));
    }
    return conversations;
}

Task<void> ConversationCache::keep_fresh() {
    std::vector<ConversationPtr> all = take_listed();
    while (!all.empty()) {
        const std::size_t count = std::min(all.size(), checked_at_once);
        const auto first = all.end() - static_cast<std::ptrdiff_t>(count);
        std::vector<ConversationPtr> part{first, all.end()};
        all.erase(first, all.end());
        co_await check_all(std::move(part));
    }
}

Task<void> ConversationCache::check_all(std::vector<ConversationPtr> conversations) {
    std::vector<ChatId> ids;
    for (const ConversationPtr& one : conversations) {
        ids.push_back(one->chat.id);
    }
    const Steady asked_at = shared_->now();
    const auto versions = co_await store_.list_versions(std::move(ids));
    std::unordered_map<ChatId, std::int64_t> by_id;
    for (const ChatVersion& one : versions) {
        by_id.emplace(one.chat, one.version);
    }
    for (const ConversationPtr& one : conversations) {
        const auto found = by_id.find(one->chat.id);
        const bool is_right = found != by_id.end() && found->second == one->chat.version;
        if (is_right && !one->is_stale_) {
            one->checked_at_ = std::max(one->checked_at_, asked_at);
        } else {
            co_await check(one->chat.id);
        }
    }
}

}  // namespace loquat::chat
