#include <algorithm>

#include "services/chat/cache/conversation_cache.hpp"

namespace loquat::chat {

MemberRecord* CachedConversation::find(const UserId& user) {
    const auto at = std::ranges::lower_bound(members_, user, {}, &MemberRecord::user);
    return at != members_.end() && at->user == user ? &*at : nullptr;
}

void CachedConversation::add(MemberRecord member) {
    const auto at = std::ranges::lower_bound(members_, member.user, {}, &MemberRecord::user);
    members_.insert(at, std::move(member));
    names.reset();
    ++newcomers_;
    chat.member_count = std::ssize(members_);
}

void CachedConversation::remove(const UserId& user) {
    std::erase_if(members_, [&](const MemberRecord& member) { return member.user == user; });
    chat.member_count = std::ssize(members_);
}

void CachedConversation::apply(const ChatChange& change, std::int64_t version) {
    if (change.settings) {
        const ChatRecord& settings = *change.settings;
        chat.title = settings.title;
        chat.title_seq = settings.title_seq;
        chat.visibility = settings.visibility;
        chat.assistant = settings.assistant;
        chat.is_archived = settings.is_archived;
        chat.active_at = std::max(chat.active_at, settings.active_at);
    }
    if (change.newcomer) {
        add(*change.newcomer);
    }
    for (const MemberRecord& changed : change.roles) {
        if (MemberRecord* member = find(changed.user)) {
            member->role = changed.role;
        }
    }
    if (change.leaver) {
        remove(*change.leaver);
    }
    chat.version = version;
}

// Places and markers only move forward: what is known here may not be in the store yet.
std::vector<UserId> CachedConversation::replace(LoadedChat loaded) {
    std::vector<UserId> gone;
    for (const MemberRecord& member : members_) {
        if (loaded.find(member.user) == nullptr) {
            gone.push_back(member.user);
        }
    }
    for (MemberRecord& member : loaded.members) {
        const MemberRecord* known = find(member.user);
        if (known != nullptr && known->joined_at == member.joined_at) {
            member.read_seq = std::max(member.read_seq, known->read_seq);
        }
    }
    loaded.chat.active_at = std::max(loaded.chat.active_at, chat.active_at);
    chat = std::move(loaded.chat);
    members_ = std::move(loaded.members);
    names.reset();
    ++newcomers_;
    return gone;
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

}  // namespace loquat::chat
