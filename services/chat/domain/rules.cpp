#include "services/chat/domain/rules.hpp"

#include "services/chat/domain/failures.hpp"

namespace loquat::chat {
namespace {

void require_of_stranger(Action action, const Standing& standing) {
    if (standing.visibility == Visibility::only_members) {
        throw chat_not_found();
    }
    if (action == Action::join && standing.is_archived) {
        throw archived();
    }
    if (action != Action::see && action != Action::join) {
        throw not_a_member();
    }
}

void require_admin(MemberRole role) {
    if (role == MemberRole::member) {
        throw forbidden("Only the owner and admins may do this.");
    }
}

void require_owner(MemberRole role) {
    if (role != MemberRole::owner) {
        throw forbidden("Only the owner may do this.");
    }
}

void require_changeable(const Standing& standing) {
    if (standing.kind == ChatKind::direct) {
        throw direct_is_fixed();
    }
}

}  // namespace

void require(Action action, const Standing& standing) {
    if (!standing.role) {
        require_of_stranger(action, standing);
        return;
    }
    switch (action) {
        case Action::see:
        case Action::read:
        case Action::take_back:
        case Action::join:  // again: nothing happens
            return;
        case Action::send:
            if (standing.is_archived) {
                throw archived();
            }
            return;
        case Action::moderate:
            if (standing.kind == ChatKind::direct) {
                throw forbidden("Only the sender may delete a message here.");
            }
            require_admin(*standing.role);
            return;
        case Action::leave:
            require_changeable(standing);
            return;
        case Action::change:
        case Action::invite:
        case Action::remove:
            require_changeable(standing);
            require_admin(*standing.role);
            return;
        case Action::change_roles:
        case Action::destroy:
            require_changeable(standing);
            require_owner(*standing.role);
            return;
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

}  // namespace loquat::chat
