#include "services/chat/domain/rules.hpp"

#include "services/chat/domain/failures.hpp"

namespace loquat::chat {
namespace {

enum class Refusal {
    none,
    not_found,
    not_a_member,
    archived,
    fixed,
    not_admin,
    not_owner,
    not_sender
};

Refusal refuse_stranger(Action action, const Standing& standing) {
    if (standing.visibility == Visibility::only_members) {
        return Refusal::not_found;
    }
    if (action == Action::join && standing.is_archived) {
        return Refusal::archived;
    }
    return action == Action::see || action == Action::join ? Refusal::none : Refusal::not_a_member;
}

Refusal refuse_member(Action action, const Standing& standing) {
    const bool is_direct = standing.kind == ChatKind::direct;
    const bool is_admin = *standing.role != MemberRole::member;
    const bool is_owner = *standing.role == MemberRole::owner;
    switch (action) {
        case Action::see:
        case Action::read:
        case Action::take_back:
        case Action::join:  // again: nothing happens
            return Refusal::none;
        case Action::send:
            return standing.is_archived ? Refusal::archived : Refusal::none;
        case Action::moderate:
            if (is_direct) {
                return Refusal::not_sender;
            }
            return is_admin ? Refusal::none : Refusal::not_admin;
        case Action::leave:
            return is_direct ? Refusal::fixed : Refusal::none;
        case Action::change:
        case Action::invite:
        case Action::remove:
            if (is_direct) {
                return Refusal::fixed;
            }
            return is_admin ? Refusal::none : Refusal::not_admin;
        case Action::change_roles:
        case Action::destroy:
            if (is_direct) {
                return Refusal::fixed;
            }
            return is_owner ? Refusal::none : Refusal::not_owner;
    }
    return Refusal::none;
}

Refusal refuse(Action action, const Standing& standing) {
    return standing.role ? refuse_member(action, standing) : refuse_stranger(action, standing);
}

}  // namespace

bool may(Action action, const Standing& standing) {
    return refuse(action, standing) == Refusal::none;
}

void require(Action action, const Standing& standing) {
    switch (refuse(action, standing)) {
        case Refusal::none:
            return;
        case Refusal::not_found:
            throw chat_not_found();
        case Refusal::not_a_member:
            throw not_a_member();
        case Refusal::archived:
            throw archived();
        case Refusal::fixed:
            throw direct_is_fixed();
        case Refusal::not_admin:
            throw forbidden("Only the owner and admins may do this.");
        case Refusal::not_owner:
            throw forbidden("Only the owner may do this.");
        case Refusal::not_sender:
            throw forbidden("Only the sender may delete a message here.");
    }
}

bool may_remove(MemberRole actor, MemberRole target) {
    switch (actor) {
        case MemberRole::owner:
            return target != MemberRole::owner;
        case MemberRole::admin:
            return target == MemberRole::member;
        case MemberRole::member:
            return false;
    }
    return false;
}

bool may_leave(const Standing& standing, std::int64_t member_count) {
    const bool is_owner = standing.role == MemberRole::owner;
    return standing.role && may(Action::leave, standing) && (!is_owner || member_count == 1);
}

}  // namespace loquat::chat
