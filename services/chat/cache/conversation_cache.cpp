#include "services/chat/cache/conversation_cache.hpp"

#include <algorithm>

#include "services/chat/cache/write_behind.hpp"
#include "services/chat/domain/failures.hpp"

namespace loquat::chat {
namespace {

// Of a member each; a name weighs as two.
std::size_t weight_of(const CachedConversation& conversation) {
    return 4 + conversation.members().size() +
           (conversation.names ? 2 * conversation.names->size() : 0);
}

}  // namespace

MemberRecord* CachedConversation::find(const UserId& user) {
    const auto at = std::ranges::lower_bound(members_, user, {}, &MemberRecord::user);
    return at != members_.end() && at->user == user ? &*at : nullptr;
}

void CachedConversation::add(MemberRecord member) {
    const auto at = std::ranges::lower_bound(members_, member.user, {}, &MemberRecord::user);
    members_.insert(at, std::move(member));
    names.reset();
    ++newcomers_;
    chat.member_count = static_cast<std::int64_t>(members_.size());
}

void CachedConversation::remove(const UserId& user) {
    std::erase_if(members_, [&](const MemberRecord& member) { return member.user == user; });
    chat.member_count = static_cast<std::int64_t>(members_.size());
}

void CachedConversation::close() {
    members_.clear();
    names.reset();
    chat.member_count = 0;
    chat.visibility = Visibility::only_members;
}

Standing CachedConversation::standing_of(const UserId& user) const {
    Standing standing{
        .kind = chat.kind, .visibility = chat.visibility, .is_archived = chat.is_archived};
    if (const MemberRecord* member = find(user)) {
        standing.role = member->role;
    }
    return standing;
}

std::optional<UserId> CachedConversation::peer_of(const UserId& user) const {
    return chat.pair ? std::optional{chat.pair->other_than(user)} : std::nullopt;
}

CachedConversation* ConversationCache::peek(const ChatId& id) {
    const ConversationPtr* found = rooms_.find(id);
    return found != nullptr ? found->get() : nullptr;
}

Task<ConversationPtr> ConversationCache::find(ChatId id) {
    if (const ConversationPtr* found = rooms_.find(id)) {
        co_return *found;
    }
    const auto lock = co_await loads_.lock(id);
    if (const ConversationPtr* found = rooms_.find(id)) {
        co_return *found;
    }
    auto loaded = co_await store_.load(id);
    if (!loaded) {
        co_return nullptr;
    }
    if (const ConversationPtr* found = rooms_.find(id)) {
        co_return *found;  // made meanwhile
    }
    auto conversation = std::make_shared<CachedConversation>(std::move(*loaded));
    unsaved_.merge_into(*conversation);
    rooms_.put(id, conversation, weight_of(*conversation));
    co_return conversation;
}

Task<ConversationPtr> ConversationCache::get(ChatId id, UserId user, Action action) {
    ConversationPtr conversation = co_await find(id);
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
        rooms_.put(id, std::make_shared<CachedConversation>(std::move(conversation)), weight);
    }
}

void ConversationCache::resize(const CachedConversation& conversation) {
    rooms_.set_weight(conversation.chat.id, weight_of(conversation));
}

}  // namespace loquat::chat
