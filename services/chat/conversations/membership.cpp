#include "services/chat/conversations/membership.hpp"

#include <algorithm>

#include "services/chat/conversations/audit.hpp"
#include "services/chat/conversations/views.hpp"
#include "services/chat/domain/failures.hpp"

namespace loquat::chat {

namespace {

struct Limits {
    std::int64_t members = 0;
    std::int64_t chats_per_user = 0;
};

ChatChange add(const LoadedChat& now, const MemberRecord& newcomer, Limits limits) {
    if (now.chat.member_count >= limits.members) {
        throw member_limit();
    }
    ChatChange change;
    change.newcomer = newcomer;
    change.chats_per_user_max = limits.chats_per_user;
    return change;
}

// Only the owner changes roles.  Making another member the owner hands the conversation over: the
// old owner stays as admin, so that there is always exactly one.
ChatChange change_role(const LoadedChat& now, const UserId& actor, MemberRecord member,
                       MemberRole role) {
    ChatChange change;
    if (member.role == role) {
        return change;
    }
    require(Action::change_roles, now.standing_of(actor));
    if (member.user == actor) {
        throw forbidden("Make another member the owner instead.");
    }
    member.role = role;
    change.roles.push_back(member);
    if (role == MemberRole::owner) {
        MemberRecord former = *now.find(actor);
        former.role = MemberRole::admin;
        change.roles.push_back(former);
    }
    return change;
}

ChatChange invite(const LoadedChat& now, const UserId& actor, const MemberRecord& newcomer,
                  Limits limits) {
    if (newcomer.role == MemberRole::owner) {
        throw forbidden("Only a member can become the owner.");
    }
    if (newcomer.role == MemberRole::admin) {
        require(Action::change_roles, now.standing_of(actor));
    }
    return add(now, newcomer, limits);
}

ChatChange leave(const LoadedChat& now, const UserId& user) {
    const Standing standing = now.standing_of(user);
    require(Action::leave, standing);
    ChatChange change;
    if (now.chat.member_count == 1) {
        change.is_end = true;
        return change;
    }
    if (!may_leave(standing, now.chat.member_count)) {
        throw owner_cannot_leave();
    }
    change.leaver = user;
    return change;
}

ChatChange expel(const LoadedChat& now, const UserId& actor, const UserId& user) {
    require(Action::remove, now.standing_of(actor));
    const MemberRecord* target = now.find(user);
    if (target == nullptr) {
        throw member_not_found();
    }
    if (!may_remove(now.find(actor)->role, target->role)) {
        throw forbidden("Only the owner may remove an admin.");
    }
    ChatChange change;
    change.leaver = user;
    return change;
}

}  // namespace

// What was said before one came is not unread.
Task<MemberRecord> Membership::make_newcomer(ChatId chat, UserId user, MemberRole role) {
    const store::Head head = co_await parts_.heads.load(chat);
    co_return MemberRecord{user, role, parts_.clock.now(), head.last_seq};
}

void Membership::tell(const CachedConversation& conversation, const Judged& judged) {
    const ChatChange& change = judged.change;
    const ChatId chat = judged.before.chat.id;
    if (change.is_end) {
        tell_end(chat, judged.before.members);
        return;
    }
    if (change.newcomer) {
        tell_newcomer(conversation, change.newcomer->user);
    }
    std::vector<UserId> others;
    for (const MemberRecord& member : change.roles) {
        others.push_back(member.user);
    }
    if (!others.empty()) {
        parts_.publisher.chat_changed(chat, std::move(others));
    }
    if (change.leaver) {
        tell_leaver(conversation, *change.leaver);
    }
}

void Membership::tell_newcomer(const CachedConversation& conversation, const UserId& user) {
    const ChatId chat = conversation.chat.id;
    parts_.unsaved.note_people(conversation);
    parts_.publisher.member_added(chat, user);
    std::vector<UserId> newcomer{user};
    parts_.publisher.chat_added(chat, std::move(newcomer));
}

void Membership::tell_leaver(const CachedConversation& conversation, const UserId& user) {
    const ChatId chat = conversation.chat.id;
    parts_.unsaved.note_people(conversation);
    // The last that the person is shown of it.
    parts_.publisher.member_removed(chat, user);
    parts_.rights.end(runtime::StandingRights::Member{chat, user});
    parts_.events.member_gone(chat, user);
    parts_.publisher.chat_removed(chat, user);
}

void Membership::tell_end(const ChatId& chat, const std::vector<MemberRecord>& members) {
    parts_.events.chat_deleted(chat);
    std::vector<UserId> everybody;
    for (const MemberRecord& member : members) {
        everybody.push_back(member.user);
        parts_.rights.end(runtime::StandingRights::Member{chat, member.user});
    }
    parts_.heads.forget(chat);
    parts_.deletions.forget(chat);
    parts_.publisher.chat_deleted(chat, std::move(everybody));
}

Task<void> Membership::join_chat(contracts::Caller caller, contracts::ChatRef request) {
    const UserId user = caller.user_id();
    const auto lock = co_await parts_.mutex.lock(request.id);
    const ConversationPtr conversation = co_await parts_.cache.get(request.id, user, Action::join);
    const MemberRecord newcomer = co_await make_newcomer(request.id, user, MemberRole::member);
    const Limits limits{parts_.config.members_max, parts_.config.chats_per_user_max};
    Proposal proposal{.people = {user}, .judge = {}};
    proposal.judge = [newcomer, limits](const LoadedChat& now) {
        require(Action::join, now.standing_of(newcomer.user));
        return now.find(newcomer.user) == nullptr ? add(now, newcomer, limits) : ChatChange{};
    };
    const Judged judged = co_await parts_.book.change(conversation, std::move(proposal));
    tell(*conversation, judged);
}

// Oneself, or somebody else.
Task<void> Membership::remove(contracts::Caller caller, ChatId chat, UserId user) {
    const UserId actor = caller.user_id();
    const auto lock = co_await parts_.mutex.lock(chat);
    const Action action = user == actor ? Action::leave : Action::remove;
    const ConversationPtr conversation = co_await parts_.cache.get(chat, actor, action);
    Proposal proposal{.people = {actor, user}, .judge = {}};
    proposal.judge = [actor, user](const LoadedChat& now) {
        return user == actor ? leave(now, user) : expel(now, actor, user);
    };
    const Judged judged = co_await parts_.book.change(conversation, std::move(proposal));
    tell(*conversation, judged);
    if (judged.change.is_end) {
        note_act(parts_.audit, caller, "chat.deleted", chat);
    } else if (action == Action::remove) {
        note_act(parts_.audit, caller, "chat.member_removed", chat, user.uuid);
    }
}

Task<void> Membership::leave_chat(contracts::Caller caller, contracts::ChatRef request) {
    const UserId user = caller.user_id();
    co_await remove(std::move(caller), request.id, user);
}

Task<void> Membership::remove_member(contracts::Caller caller, contracts::MemberRef request) {
    co_await remove(std::move(caller), request.id, request.user_id);
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

Task<contracts::Member> Membership::put_member(contracts::Caller caller,
                                               contracts::PutMemberRequest request) {
    const UserId actor = caller.user_id();
    const auto lock = co_await parts_.mutex.lock(request.id);
    const ConversationPtr conversation =
        co_await parts_.cache.get(request.id, actor, Action::invite);
    auto user = co_await parts_.people.find(request.user_id);
    const bool is_there = user && user->state != contracts::AccountState::removed;
    const MemberRecord newcomer = co_await make_newcomer(request.id, request.user_id, request.role);
    const Limits limits{parts_.config.members_max, parts_.config.chats_per_user_max};
    Proposal proposal{.people = {actor, request.user_id}, .judge = {}};
    proposal.judge = [actor, newcomer, limits, is_there](const LoadedChat& now) {
        require(Action::invite, now.standing_of(actor));
        if (const MemberRecord* member = now.find(newcomer.user)) {
            return change_role(now, actor, *member, newcomer.role);
        }
        if (!is_there) {
            throw Failure{Kind::not_found, "auth.user_not_found", "There is no such person."};
        }
        return invite(now, actor, newcomer, limits);
    };
    const Judged judged = co_await parts_.book.change(conversation, std::move(proposal));
    tell(*conversation, judged);
    MemberRecord now = newcomer;
    if (const MemberRecord* member = judged.before.find(request.user_id)) {
        now = *member;
        now.role = request.role;
    }
    if (judged.change.newcomer) {
        note_act(parts_.audit, caller, "chat.member_added", request.id, request.user_id.uuid);
    } else if (!judged.change.is_none()) {
        note_act(parts_.audit, caller, "chat.role_changed", request.id, request.user_id.uuid);
    }
    co_return to_wire(now, user ? std::move(*user) : unknown_person(request.user_id));
}

}  // namespace loquat::chat
