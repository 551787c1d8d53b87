#include "services/chat/conversations/membership.hpp"

#include <algorithm>

#include "services/chat/conversations/audit.hpp"
#include "services/chat/conversations/views.hpp"
#include "services/chat/domain/failures.hpp"

namespace loquat::chat {

Task<void> Membership::add_member(ConversationPtr conversation, UserId user, MemberRole role) {
    if (conversation->chat.member_count >= parts_.config.members_max) {
        throw member_limit();
    }
    // What was said before one came is not unread.
    const store::Head head = co_await parts_.heads.load(conversation->chat.id);
    const MemberRecord member{user, role, parts_.clock.now(), head.last_seq};
    const bool is_added = co_await parts_.chats.add_member(conversation->chat.id, member,
                                                           parts_.config.chats_per_user_max);
    if (!is_added) {
        throw chat_limit();
    }
    conversation->add(member);
    parts_.cache.resize(*conversation);
    parts_.unsaved.note_people(*conversation);
    parts_.feed.note({conversation->chat.id, user, true});
    parts_.publisher.member_added(conversation->chat.id, user);
    std::vector<UserId> newcomer{user};
    parts_.publisher.chat_added(conversation->chat.id, std::move(newcomer));
}

Task<void> Membership::drop_member(ConversationPtr conversation, UserId user) {
    co_await parts_.chats.remove_member(Seat{conversation->chat.id, user});
    conversation->remove(user);
    parts_.cache.resize(*conversation);
    parts_.unsaved.note_people(*conversation);
    parts_.feed.note({conversation->chat.id, user, false});
    // The last that the person is shown of it.
    parts_.publisher.member_removed(conversation->chat.id, user);
    parts_.rights.end(runtime::StandingRights::Member{conversation->chat.id, user});
    parts_.events.member_gone(conversation->chat.id, user);
    parts_.publisher.chat_removed(conversation->chat.id, user);
}

Task<void> Membership::destroy(ConversationPtr conversation) {
    const ChatId id = conversation->chat.id;
    co_await parts_.chats.remove(id);
    parts_.feed.note({id, std::nullopt, false});
    parts_.events.chat_deleted(id);
    std::vector<UserId> everybody;
    for (const MemberRecord& member : conversation->members()) {
        everybody.push_back(member.user);
        parts_.rights.end(runtime::StandingRights::Member{id, member.user});
    }
    conversation->close();
    parts_.cache.forget(id);
    parts_.heads.forget(id);
    parts_.deletions.forget(id);
    parts_.publisher.chat_deleted(id, std::move(everybody));
}

Task<void> Membership::join_chat(contracts::Caller caller, contracts::ChatRef request) {
    const UserId user = caller.user_id();
    const auto lock = co_await parts_.mutex.lock(request.id);
    const ConversationPtr conversation = co_await parts_.cache.get(request.id, user, Action::join);
    if (conversation->find(user) == nullptr) {
        co_await add_member(conversation, user, MemberRole::member);
    }
}

Task<void> Membership::leave(ConversationPtr conversation, contracts::Caller caller) {
    const UserId user = caller.user_id();
    if (conversation->members().size() == 1) {
        co_await destroy(conversation);
        note_act(parts_.audit, caller, "chat.deleted", conversation->chat.id);
        co_return;
    }
    if (!may_leave(conversation->standing_of(user), std::ssize(conversation->members()))) {
        throw owner_cannot_leave();
    }
    co_await drop_member(conversation, user);
}

Task<void> Membership::leave_chat(contracts::Caller caller, contracts::ChatRef request) {
    const auto lock = co_await parts_.mutex.lock(request.id);
    const ConversationPtr conversation =
        co_await parts_.cache.get(request.id, caller.user_id(), Action::leave);
    co_await leave(conversation, caller);
}

Task<contracts::Page<contracts::Member>> Membership::list_members(
    contracts::Caller caller, contracts::ListMembersRequest request) {
    const ConversationPtr conversation =
        co_await parts_.cache.get(request.id, caller.user_id(), Action::read);
    const auto limit = static_cast<std::size_t>(request.limit);
    auto at = conversation->members().begin();
    if (request.cursor) {
        const UserId after = decode_user_cursor(*request.cursor);
        at = std::ranges::upper_bound(conversation->members(), after, {}, &MemberRecord::user);
    }
    std::vector<MemberRecord> members;
    std::vector<UserId> users;
    for (; at != conversation->members().end() && members.size() < limit; ++at) {
        members.push_back(*at);
        users.push_back(at->user);
    }
    const bool has_more = at != conversation->members().end();
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
Task<void> Membership::change_role(ConversationPtr conversation, UserId actor,
                                   contracts::PutMemberRequest request) {
    require(Action::change_roles, conversation->standing_of(actor));
    if (request.user_id == actor) {
        throw forbidden("Make another member the owner instead.");
    }
    std::vector<MemberRecord> changed{*conversation->find(request.user_id)};
    changed.front().role = request.role;
    if (request.role == MemberRole::owner) {
        changed.push_back(*conversation->find(actor));
        changed.back().role = MemberRole::admin;
    }
    co_await parts_.chats.set_roles(request.id, changed);
    std::vector<UserId> users;
    for (const MemberRecord& member : changed) {
        conversation->find(member.user)->role = member.role;
        users.push_back(member.user);
    }
    parts_.publisher.chat_changed(request.id, std::move(users));
}

Task<contracts::Member> Membership::put_member(contracts::Caller caller,
                                               contracts::PutMemberRequest request) {
    const UserId actor = caller.user_id();
    const auto lock = co_await parts_.mutex.lock(request.id);
    const ConversationPtr conversation =
        co_await parts_.cache.get(request.id, actor, Action::invite);
    auto user = co_await parts_.people.find(request.user_id);
    const MemberRecord* member = conversation->find(request.user_id);
    if (member != nullptr) {
        if (member->role != request.role) {
            co_await change_role(conversation, actor, request);
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
            require(Action::change_roles, conversation->standing_of(actor));
        }
        co_await add_member(conversation, request.user_id, request.role);
        note_act(parts_.audit, caller, "chat.member_added", request.id, request.user_id.uuid);
    }
    const MemberRecord now = *conversation->find(request.user_id);
    co_return to_wire(now, user ? std::move(*user) : unknown_person(request.user_id));
}

Task<void> Membership::remove_member(contracts::Caller caller, contracts::MemberRef request) {
    const UserId actor = caller.user_id();
    const auto lock = co_await parts_.mutex.lock(request.id);
    const Action action = request.user_id == actor ? Action::leave : Action::remove;
    const ConversationPtr conversation = co_await parts_.cache.get(request.id, actor, action);
    if (action == Action::leave) {
        co_await leave(conversation, caller);
        co_return;
    }
    const MemberRecord* target = conversation->find(request.user_id);
    if (target == nullptr) {
        throw member_not_found();
    }
    if (!may_remove(conversation->find(actor)->role, target->role)) {
        throw forbidden("Only the owner may remove an admin.");
    }
    co_await drop_member(conversation, request.user_id);
    note_act(parts_.audit, caller, "chat.member_removed", request.id, request.user_id.uuid);
}

}  // namespace loquat::chat
