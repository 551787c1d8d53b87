#pragma once
#include <algorithm>
#include <functional>
#include <vector>

#include "services/chat/domain/rules.hpp"

namespace loquat::chat {

// A conversation and its members, or those of them who were asked about.
struct LoadedChat {
    ChatRecord chat;
    std::vector<MemberRecord> members;  // ascending by user

    const MemberRecord* find(const UserId& user) const {
        const auto at = std::ranges::lower_bound(members, user, {}, &MemberRecord::user);
        return at != members.end() && at->user == user ? &*at : nullptr;
    }
    Standing standing_of(const UserId& user) const {
        Standing standing{
            .kind = chat.kind, .visibility = chat.visibility, .is_archived = chat.is_archived};
        if (const MemberRecord* member = find(user)) {
            standing.role = member->role;
        }
        return standing;
    }
};

// What becomes of a conversation and its members in one step.
struct ChatChange {
    // Title, visibility, archive and assistant as they are from now on; activity only forward.
    std::optional<ChatRecord> settings;
    std::optional<MemberRecord> newcomer;
    std::int64_t chats_per_user_max = 0;  // that the newcomer may be in
    std::vector<MemberRecord> roles;      // of members who have another one
    std::optional<UserId> leaver;
    bool is_end = false;  // nobody is in it any more; nothing else counts then

    bool is_none() const { return !settings && !newcomer && roles.empty() && !leaver && !is_end; }
};

// Says what becomes of a conversation as it is at that moment, or throws what refuses it.  Runs on
// a thread of the store, while nobody else changes the conversation: owns what it uses.
using Judge = std::function<ChatChange(const LoadedChat& now)>;

struct Proposal {
    std::vector<UserId> people;  // whom the judge asks about
    Judge judge;
    bool asks_everybody = false;  // about all members instead
};

// A conversation as it was judged, and what became of it.
struct Judged {
    LoadedChat before;
    ChatChange change;
    std::int64_t version = 0;  // from now on
};

}  // namespace loquat::chat
