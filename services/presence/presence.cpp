#include "services/presence/presence.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "contracts/presence/events.hpp"

namespace loquat::presence {
namespace {

// Changes that are told together.
constexpr std::size_t slice_max = 4'096;
// An edge node says within this time that somebody listens.
constexpr std::chrono::seconds recent_for{2};
constexpr std::size_t recent_max = 256;

std::string body_of(const contracts::Presence& presence) {
    return wire::encode(contracts::PresenceChanged{presence});
}

}  // namespace

Presence::Presence(Ports ports, const Clock& clock)
    : ports_(ports), clock_(clock), audience_(ports.memberships) {}

Task<contracts::PresenceList> Presence::get_presence(contracts::Caller caller,
                                                     contracts::GetPresenceRequest request) {
    const UserId me = caller.user_id();
    std::vector<UserId> others = request.user_ids;
    std::erase(others, me);
    std::unordered_set<UserId> visible{me};
    if (!others.empty()) {
        const auto peers = co_await ports_.memberships.filter_peers(me, std::move(others));
        visible.insert(peers.begin(), peers.end());
    }
    std::erase_if(request.user_ids, [&](const UserId& user) { return !visible.contains(user); });
    contracts::PresenceList list;
    list.items = co_await ports_.roster.list(std::move(request.user_ids));
    co_return list;
}

Task<void> Presence::report(contracts::Caller, contracts::PresenceReport report) {
    const bool is_known = co_await ports_.roster.report(std::move(report));
    if (!is_known) {
        throw Failure{Kind::conflict, "presence.unknown_node", "Report everything first."};
    }
}

Task<void> Presence::publish_changes() {
    deliveries_left_ = std::min(deliveries_max, deliveries_left_ + deliveries_each_batch);
    forget_old_recent();
    RosterStore::Turn turn;
    std::string problem;
    try {
        turn = co_await ports_.roster.take_turn();
        follow(turn);
        co_await tell_newcomers(turn.new_watchers);
        if (!listening_.empty()) {
            co_await tell(turn.changes, std::nullopt);
        }
        if (chat_has_failed_ && !listening_.empty()) {
            co_await require_chat();
        }
    } catch (const Failure& failure) {
        problem = failure.code;
    }
    note_recent(turn.changes);
    chat_has_failed_ = !problem.empty();
    if (chat_has_failed_) {
        rereads_.owe_all();
        log_warn({.service = "presence"}, "changes could not be told", {{"code", problem}});
        co_return;
    }
    send_rereads();
}

void Presence::follow(const RosterStore::Turn& turn) {
    for (const UserId& gone : turn.gone_watchers) {
        listening_.erase(gone);
        audience_.remove(gone);
    }
    for (const UserId& user : turn.new_watchers) {
        listening_.insert(user);
        audience_.add(user);
    }
}

// Who is told to ask is answered only where chat is there, and does not ask twice.
Task<void> Presence::require_chat() {
    std::vector<UserId> anybody{*listening_.begin()};
    co_await audience_.refresh(std::move(anybody));
}

void Presence::forget_old_recent() {
    const Steady oldest = clock_.steady() - recent_for;
    while (!recent_.empty() && recent_.front().at < oldest) {
        recent_.pop_front();
    }
    if (recent_.empty()) {
        recent_is_cut_ = false;
    }
}

// What was told just before their edge node said that they listen.
Task<void> Presence::tell_newcomers(std::vector<UserId> newcomers) {
    if (recent_.empty() || newcomers.empty()) {
        co_return;
    }
    if (recent_is_cut_) {
        for (const UserId& one : newcomers) {
            rereads_.owe_person(one);
        }
        co_return;
    }
    std::vector<contracts::Presence> changes;
    for (const Recent& one : recent_) {
        changes.push_back(one.presence);
    }
    co_await tell(changes, std::move(newcomers));
}

void Presence::note_recent(Changes changes) {
    for (const contracts::Presence& change : changes) {
        if (recent_.size() == recent_max) {
            recent_.pop_front();
            recent_is_cut_ = true;
        }
        recent_.push_back({change, clock_.steady()});
    }
}

// All who listen, or `only` these.
Task<void> Presence::tell(Changes changes, std::optional<std::vector<UserId>> only) {
    for (std::size_t at = 0; at < changes.size(); at += slice_max) {
        const Changes slice = changes.subspan(at, std::min(slice_max, changes.size() - at));
        std::vector<UserId> users;
        std::unordered_map<UserId, std::uint32_t> places;
        for (std::uint32_t i = 0; i < slice.size(); ++i) {
            users.push_back(slice[i].user_id);
            places.insert_or_assign(slice[i].user_id, i);
        }
        const PeopleByRoom changed = co_await audience_.refresh(std::move(users));
        PeopleByRoom some;
        if (only) {
            some = audience_.listeners().only(*only);
        }
        const PeopleByRoom& listeners = only ? some : audience_.listeners();
        const std::vector<ChatId> rooms = choose_rooms(changed, listeners);
        send(slice, make_letters(rooms, changed, places, listeners));
    }
}

// The rooms whose changes are told one by one: as many as there are deliveries for, the
// smallest first, so that a crowd somewhere holds up nobody elsewhere.
std::vector<ChatId> Presence::choose_rooms(const PeopleByRoom& changed,
                                           const PeopleByRoom& listeners) {
    std::vector<std::pair<std::size_t, ChatId>> rooms;
    for (const auto& [chat, people] : changed.rooms()) {
        if (const PeopleByRoom::People* there = listeners.find(chat)) {
            rooms.emplace_back(people.size() * there->size(), chat);
        }
    }
    std::ranges::sort(rooms);
    std::vector<ChatId> chosen;
    for (const auto& [deliveries, chat] : rooms) {
        if (deliveries > deliveries_left_) {
            rereads_.owe_room(chat);
            continue;
        }
        deliveries_left_ -= deliveries;
        chosen.push_back(chat);
    }
    return chosen;
}

void Presence::send(Changes changes, std::span<const Letter> letters) {
    std::vector<std::string> bodies(changes.size());
    std::vector<std::string_view> lines;
    for (const Letter& letter : letters) {
        lines.clear();
        for (const std::uint32_t place : letter.about) {
            if (bodies[place].empty()) {
                bodies[place] = body_of(changes[place]);
            }
            lines.push_back(bodies[place]);
        }
        ports_.watchers.tell(letter.to, lines);
    }
}

void Presence::send_rereads() {
    const std::vector<UserId> users =
        rereads_.take(audience_.listeners(), listening_, clock_.steady());
    if (!users.empty()) {
        const std::string body = wire::encode(contracts::ResyncEvent{});
        const std::string_view read_again{body};
        ports_.watchers.tell(users, {&read_again, 1});
    }
}

}  // namespace loquat::presence
