#include "services/chat/departures/departures.hpp"

#include "base/log.hpp"
#include "contracts/auth/broadcasts.hpp"
#include "services/chat/conversations/audit.hpp"
#include "store/broadcast/subscribe.hpp"

namespace loquat::chat {
namespace {

// Beyond it a person's other direct chats get their title when they are next read.
constexpr std::size_t retitled_max = 500;

constexpr std::chrono::seconds removal_pause{5};

// The admin who is there longest, else the member who is.
MemberRecord heir_of(const LoadedChat& chat, const UserId& user) {
    std::optional<MemberRecord> heir;
    for (const MemberRecord& member : chat.members) {
        const auto rank = [](const MemberRecord& one) {
            return std::pair{one.role != MemberRole::admin, one.joined_at};
        };
        if (member.user != user && (!heir || rank(member) < rank(*heir))) {
            heir = member;
        }
    }
    return *heir;
}

// A direct chat stays the other one's as long as there is another one.
ChatChange without(const LoadedChat& now, const UserId& user, bool is_peer_gone) {
    ChatChange change;
    const MemberRecord* member = now.find(user);
    if (member == nullptr) {
        return change;
    }
    if (now.members.size() == 1 || (now.chat.pair && is_peer_gone)) {
        change.is_end = true;
        return change;
    }
    if (now.chat.pair) {
        return change;
    }
    if (member->role == MemberRole::owner) {
        MemberRecord heir = heir_of(now, user);
        heir.role = MemberRole::owner;
        change.roles.push_back(heir);
    }
    change.leaver = user;
    return change;
}

}  // namespace

void Departures::start() {
    auto on_users_told = [this](const std::optional<contracts::UserList>& told) { on_users(told); };
    users_ =
        store::subscribe(parts_.broadcast, contracts::topics::auth_users, std::move(on_users_told));
    look();
}

void Departures::on_users(const std::optional<contracts::UserList>& told) {
    if (!told) {
        parts_.people.distrust();
        look();
        return;
    }
    bool is_somebody_gone = false;
    for (const contracts::PublicUser& user : told->items) {
        parts_.people.note(user);
        is_somebody_gone |= user.state == contracts::AccountState::removed;
        parts_.scope.start(retitle_directs(user.id));
    }
    if (is_somebody_gone) {
        look();
    }
}

// A direct chat is called as the other person is.
Task<void> Departures::retitle_directs(UserId user) {
    std::vector<Place> places;
    try {
        PlaceQuery query{.user = user, .kind = ChatKind::direct, .limit = retitled_max};
        places = co_await parts_.chats.list_page(std::move(query));
    } catch (const Failure&) {
        places.clear();
    }
    for (const Place& place : places) {
        if (place.kind == ChatKind::direct) {
            parts_.publisher.chat_changed(place.chat);
        }
    }
}

// One at a time; who was told of meanwhile is listed again.  What fails is tried again after a
// while.
Task<void> Departures::remove_people() {
    ++removals_told_;
    if (is_removing_) {
        co_return;
    }
    is_removing_ = true;
    for (std::uint64_t done = 0; done != removals_told_;) {
        done = removals_told_;
        std::vector<Directory::Leaver> leaving;
        std::exception_ptr error;
        try {
            leaving = co_await parts_.directory.list_leaving();
            co_await remove(leaving);
        } catch (const Failure&) {
            error = std::current_exception();
        }
        // Whether somebody has to leave is not known before auth is there.
        if (error && !leaving.empty()) {
            log_warn({.service = "chat"}, "people who were removed have not left everything yet",
                     {{"error", aio::describe(error)}});
        }
        if (error) {
            co_await parts_.loop.sleep_for(removal_pause);
            ++removals_told_;
        }
    }
    is_removing_ = false;
}

Task<void> Departures::remove(std::vector<Directory::Leaver> leaving) {
    for (const Directory::Leaver& leaver : leaving) {
        if (leaver.messages == contracts::RemovedMessages::erase) {
            co_await parts_.erasure.erase_own_conversations(leaver.user);
        }
        co_await remove_from_all(leaver.user);
        if (leaver.messages == contracts::RemovedMessages::keep) {
            co_await parts_.directory.note_left(leaver.user);
        }
    }
    for (const Directory::Leaver& leaver : leaving) {
        if (leaver.messages == contracts::RemovedMessages::erase) {
            co_await parts_.erasure.erase_messages(leaver.user);
            co_await parts_.directory.note_left(leaver.user);
        }
    }
}

Task<void> Departures::remove_from_all(UserId user) {
    const std::vector<Place> places = co_await parts_.chats.list_places(user);
    for (const Place& place : places) {
        co_await depart(place.chat, user);
    }
}

Task<void> Departures::depart(ChatId chat, UserId user) {
    const auto lock = co_await parts_.mutex.lock(chat);
    const ConversationPtr conversation = co_await parts_.cache.find(chat);
    if (!conversation) {
        co_return;
    }
    bool is_peer_gone = false;
    if (const auto peer = conversation->peer_of(user)) {
        const auto other = co_await parts_.people.find(*peer);
        is_peer_gone = !other || other->state == contracts::AccountState::removed;
    }
    Proposal proposal{.people = {}, .judge = {}, .asks_everybody = true};
    proposal.judge = [user, is_peer_gone](const LoadedChat& now) {
        return without(now, user, is_peer_gone);
    };
    const Judged judged = co_await parts_.book.change(conversation, std::move(proposal));
    contracts::Caller house;
    for (const MemberRecord& heir : judged.change.roles) {
        note_act(parts_.audit, house, "chat.role_changed", chat, heir.user.uuid);
    }
    parts_.membership.tell(*conversation, judged);
}

}  // namespace loquat::chat
