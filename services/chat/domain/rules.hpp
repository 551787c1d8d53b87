#pragma once
#include <optional>

#include "services/chat/domain/records.hpp"

// Who may do what.  The whole table is in rules.cpp.
namespace loquat::chat {

enum class Action {
    see,           // its title, who it is for, how many are in
    read,          // history, members, live events, one's own marker
    send,          // also edit one's own message, and typing
    take_back,     // delete one's own message
    moderate,      // delete another's message
    change,        // title, visibility, archive, assistant
    invite,        // add a person as plain member
    change_roles,  // also hand over the ownership
    remove,        // somebody; see also may_remove
    join,
    leave,
    destroy,
};

// A conversation and what the acting person is in it.
struct Standing {
    ChatKind kind = ChatKind::group;
    Visibility visibility = Visibility::only_members;
    bool is_archived = false;
    std::optional<MemberRole> role;  // none: a stranger, or somebody who was a member once
};

// The same as a value; the rule of every conversation that is sent and of every call.
bool may(Action action, const Standing& standing);

// Throws chat.not_found for what the person may not even see; chat.not_a_member, chat.forbidden,
// chat.direct_is_fixed or chat.archived for what they see but may not do.
void require(Action action, const Standing& standing);

// A member may leave; an owner only when alone, and the conversation with them.
bool may_leave(const Standing& standing, std::int64_t member_count);

// Of two members: owners remove everybody else, admins plain members.
bool may_remove(MemberRole actor, MemberRole target);

}  // namespace loquat::chat
