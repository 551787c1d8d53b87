#include "services/chat/conversations/membership.hpp"

#include <algorithm>

#include "services/chat/conversations/audit.hpp"
#include "services/chat/conversations/views.hpp"
#include "services/chat/domain/failures.hpp"

namespace loquat::chat {

Task<void> Membership::add_member(RoomPtr room, UserId user, MemberRole role) {
    if (room->chat.member_count >= parts_.config.members_max) {
        throw member_limit();
    }
    // What was said before one came is not unread.
    const store::Head head = co_await parts_.heads.load(room->chat.id);
    const MemberRecord member{user, role, parts_.clock.now(), head.last_seq};
    const bool is_added =
        co_await parts_.chats.add_member(room->chat.id, member, parts_.config.chats_per_user_max);
    if (!is_added) {
        throw chat_limit();
    }
    room->add(member);
    parts_.rooms.resize(*room);
    parts_.unsaved.note_people(*room);
    parts_.feed.note({room->chat.id, user, true});
    parts_.announcer.member_added(room->chat.id, user);
    std::vector<UserId> newcomer{user};
    parts_.announcer.chat_added(room->chat.id, std::move(newcomer));
}

Task<void> Membership::drop_member(RoomPtr room, UserId user) {
    co_await parts_.chats.remove_member(Seat{room->chat.id, user});
    room->remove(user);
    parts_.rooms.resize(*room);
    parts_.unsaved.note_people(*room);
    parts_.feed.note({room->chat.id, user, false});
    // The last that the person is shown of it.
    parts_.announcer.member_removed(room->chat.id, user);
    parts_.rights.end(runtime::StandingRights::Member{room->chat.id, user});
    parts_.events.member_gone(room->chat.id, user);
    parts_.announcer.chat_removed(room->chat.id, user);
}

Task<void> Membership::destroy(RoomPtr room) {
    const ChatId id = room->chat.id;
    co_await parts_.chats.remove(id);
    parts_.feed.note({id, std::nullopt, false});
    parts_.events.chat_deleted(id);
    std::vector<UserId> everybody;
    for (const MemberRecord& member : room->members()) {
        everybody.push_back(member.user);
        parts_.rights.end(runtime::StandingRights::Member{id, member.user});
    }
    room->close();
    parts_.rooms.forget(id);
    parts_.heads.forget(id);
    parts_.deletions.forget(id);
    parts_.announcer.chat_deleted(id, std::move(everybody));
}

Task<void> Membership::join_chat(contracts::Caller caller, contracts::ChatRef request) {
    const UserId user = caller.user_id();
    const auto lock = co_await parts_.mutex.lock(request.id);
    const RoomPtr room = co_await parts_.rooms.get(request.id, user, Action::join);
    if (room->find(user) == nullptr) {
        co_await add_member(room, user, MemberRole::member);
    }
}

Task<void> Membership::leave(RoomPtr room, contracts::Caller caller) {
    const UserId user = caller.user_id();
    if (room->members().size() == 1) {
        co_await destroy(room);
        note_act(parts_.audit, caller, "chat.deleted", room->chat.id);
        co_return;
    }
    if (!may_leave(room->standing_of(user), std::ssize(room->members()))) {
        throw owner_cannot_leave();
    }
    co_await drop_member(room, user);
}

Task<void> Membership::leave_chat(contracts::Caller caller, contracts::ChatRef request) {
    const auto lock = co_await parts_.mutex.lock(request.id);
    const RoomPtr room = co_await parts_.rooms.get(request.id, caller.user_id(), Action::leave);
    co_await leave(room, caller);
}

Task<contracts::Page<contracts::Member>> Membership::list_members(
    contracts::Caller caller, contracts::ListMembersRequest request) {
    const RoomPtr room = co_await parts_.rooms.get(request.id, caller.user_id(), Action::read);
    const auto limit = static_cast<std::size_t>(request.limit);
    auto at = room->members().begin();
    if (request.cursor) {
        const UserId after = decode_user_cursor(*request.cursor);
        at = std::ranges::upper_bound(room->members(), after, {}, &MemberRecord::user);
    }
    std::vector<MemberRecord> members;
    std::vector<UserId> users;
    for (; at != room->members().end() && members.size() < limit; ++at) {
        members.push_back(*at);
        users.push_back(at->user);
    }
    const bool has_more = at != room->members().end();
    const People::Found people = co_await parts_.people.find_all(std::move(users));
    contracts::Page<contracts::Member> page;
    for (const MemberRecord& member : members) {
        const auto found = people.find(member.user);
        page.items.push_back(
            to_wire(member, found != people.end() ? found->second : unknown_person(member.user)));
    }
    if (has_more) {
        page.next_cursor = encode_cursor(members.back().user);
    }
    co_return page;
}

// Only the owner changes roles.  Making another member the owner hands the conversation over: the
// old owner stays as admin, so that there is always exactly one.
Task<void> Membership::change_role(RoomPtr room, UserId actor,
                                   contracts::PutMemberRequest request) {
    require(Action::change_roles, room->standing_of(actor));
    if (request.user_id == actor) {
        throw forbidden("Make another member the owner instead.");
    }
    std::vector<MemberRecord> changed{*room->find(request.user_id)};
    changed.front().role = request.role;
    if (request.role == MemberRole::owner) {
        changed.push_back(*room->find(actor));
        changed.back().role = MemberRole::admin;
    }
    co_await parts_.chats.set_roles(request.id, changed);
    std::vector<UserId> users;
    for (const MemberRecord& member : changed) {
        room->find(member.user)->role = member.role;
        users.push_back(member.user);
    }
    parts_.announcer.chat_changed(request.id, std::move(users));
}

Task<contracts::Member> Membership::put_member(contracts::Caller caller,
                                               contracts::PutMemberRequest request) {
    const UserId actor = caller.user_id();
    const auto lock = co_await parts_.mutex.lock(request.id);
    const RoomPtr room = co_await parts_.rooms.get(request.id, actor, Action::invite);
    auto user = co_await parts_.people.find(request.user_id);
    const MemberRecord* member = room->find(request.user_id);
    if (member != nullptr) {
        if (member->role != request.role) {
            co_await change_role(room, actor, request);
            note_act(parts_.audit, caller, "chat.role_changed", request.id, request.user_id.uuid);
        }
    } else {
        if (!user || user->state == contracts::AccountState::removed) {
            throw Failure{Kind::not_found, "auth.user_not_found", "There is no such person."};
        }
        if (request.role == MemberRole::owner) {
            throw forbidden("Only a member can become the owner.");
        }
        if (request.role == MemberRole::admin) {
            require(Action::change_roles, room->standing_of(actor));
        }
        co_await add_member(room, request.user_id, request.role);
        note_act(parts_.audit, caller, "chat.member_added", request.id, request.user_id.uuid);
    }
    const MemberRecord now = *room->find(request.user_id);
    co_return to_wire(now, user ? std::move(*user) : unknown_person(request.user_id));
}

Task<void> Membership::remove_member(contracts::Caller caller, contracts::MemberRef request) {
    const UserId actor = caller.user_id();
    const auto lock = co_await parts_.mutex.lock(request.id);
    const Action action = request.user_id == actor ? Action::leave : Action::remove;
    const RoomPtr room = co_await parts_.rooms.get(request.id, actor, action);
    if (action == Action::leave) {
        co_await leave(room, caller);
        co_return;
    }
    const MemberRecord* target = room->find(request.user_id);
    if (target == nullptr) {
        throw member_not_found();
    }
    if (!may_remove(room->find(actor)->role, target->role)) {
        throw forbidden("Only the owner may remove an admin.");
    }
    co_await drop_member(room, request.user_id);
    note_act(parts_.audit, caller, "chat.member_removed", request.id, request.user_id.uuid);
}

}  // namespace loquat::chat
