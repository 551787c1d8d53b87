#include "services/presence/domain/roster.hpp"

#include <algorithm>

namespace loquat::presence {

using contracts::PresenceState;

bool Roster::apply(const contracts::PresenceReport& report, Time now, Steady steady) {
    auto found = nodes_.find(report.node);
    if (found == nodes_.end() && !report.whole) {
        return false;
    }
    if (found == nodes_.end()) {
        found = nodes_.emplace(report.node, Node{++last_node_, {}}).first;
    } else if (report.whole) {
        empty_node(found->second.number, now, steady);
    }
    found->second.lease_ends = steady + rules_.lease;
    for (const contracts::PresenceReportEntry& entry : report.entries) {
        const std::int32_t connections = std::max(entry.connections, 0);
        seat(entry.user_id,
             {found->second.number, connections, std::clamp(entry.away, 0, connections),
              entry.watching && connections > 0},
             now, steady);
    }
    return true;
}

void Roster::seat(const UserId& user, const Seat& taken, Time now, Steady steady) {
    if (taken.connections == 0 && !people_.contains(user)) {
        return;
    }
    Person& person = people_[user];
    std::erase_if(person.seats, [&](const Seat& one) { return one.node == taken.node; });
    if (taken.connections > 0) {
        person.seats.push_back(taken);
    }
    settle(user, person, now, steady);
}

void Roster::settle(const UserId& user, Person& person, Time now, Steady steady) {
    std::int64_t connections = 0;
    std::int64_t away = 0;
    bool watching = false;
    for (const Seat& one : person.seats) {
        connections += one.connections;
        away += one.away;
        watching |= one.watching;
    }
    set_watching(user, watching);
    if (connections > 0) {
        person.is_leaving = false;
        person.last_seen_at = now;
        set_state(user, person, away == connections ? PresenceState::away : PresenceState::online);
    } else if (person.state != PresenceState::offline && !std::exchange(person.is_leaving, true)) {
        leaving_.push_back({user, steady + rules_.offline_after, now});
    }
}

void Roster::set_watching(const UserId& user, bool watching) {
    if (!watching) {
        if (watchers_.erase(user) > 0) {
            gone_watchers_.push_back(user);
        }
    } else if (watchers_.insert(user).second) {
        new_watchers_.push_back(user);
    }
}

std::vector<UserId> Roster::take_new_watchers() {
    std::erase_if(new_watchers_, [&](const UserId& user) { return !watchers_.contains(user); });
    return std::exchange(new_watchers_, {});
}

std::vector<UserId> Roster::take_gone_watchers() {
    std::erase_if(gone_watchers_, [&](const UserId& user) { return watchers_.contains(user); });
    return std::exchange(gone_watchers_, {});
}

void Roster::set_state(const UserId& user, Person& person, PresenceState state) {
    person.state = state;
    if (!std::exchange(person.is_changed, true)) {
        changed_.push_back(user);
    }
}

void Roster::empty_node(std::uint32_t node, Time now, Steady steady) {
    for (auto& [user, person] : people_) {
        const auto gone =
            std::erase_if(person.seats, [&](const Seat& one) { return one.node == node; });
        if (gone > 0) {
            settle(user, person, now, steady);
        }
    }
}

void Roster::expire(Time now, Steady steady) {
    for (auto node = nodes_.begin(); node != nodes_.end();) {
        if (steady < node->second.lease_ends) {
            ++node;
            continue;
        }
        empty_node(node->second.number, now, steady);
        node = nodes_.erase(node);
    }
    while (!leaving_.empty() && leaving_.front().at <= steady) {
        const Leaving left = leaving_.front();
        leaving_.pop_front();
        const auto found = people_.find(left.user);
        // Whoever came back and left again has a later entry; the earlier one may end the grace a
        // little sooner.
        if (found == people_.end() || !found->second.is_leaving) {
            continue;
        }
        found->second.is_leaving = false;
        found->second.last_seen_at = left.last_seen_at;
        set_state(left.user, found->second, PresenceState::offline);
        offline_.push_back(left.user);
    }
    forget_oldest();
}

void Roster::forget_oldest() {
    while (offline_.size() > rules_.remembered_max) {
        const auto found = people_.find(offline_.front());
        const bool is_offline =
            found != people_.end() && found->second.state == PresenceState::offline;
        if (is_offline && found->second.is_changed) {
            return;  // until it is told
        }
        offline_.pop_front();
        if (is_offline) {
            people_.erase(found);
        }
    }
}

contracts::Presence Roster::get(const UserId& user) const {
    const auto found = people_.find(user);
    if (found == people_.end()) {
        return {user, PresenceState::offline, std::nullopt};
    }
    return {user, found->second.state, found->second.last_seen_at};
}

std::vector<contracts::Presence> Roster::take_changes() {
    std::vector<contracts::Presence> changes;
    for (const UserId& user : changed_) {
        Person& person = people_[user];
        person.is_changed = false;
        if (person.told != person.state) {
            person.told = person.state;
            changes.push_back({user, person.state, person.last_seen_at});
        }
    }
    changed_.clear();
    forget_oldest();
    return changes;
}

}  // namespace loquat::presence
