#include "services/realtime/people/people.hpp"

namespace loquat::realtime {

void People::join(const UserId& user, Listener& listener) {
    people_[user].listeners.push_back(&listener);
    note_presence(user);
}

bool People::leave(const UserId& user, Listener& listener) {
    Person* person = find(user);
    if (person == nullptr) {
        return false;
    }
    std::erase(person->listeners, &listener);
    const bool was_last = person->listeners.empty();
    if (was_last) {
        people_.erase(user);
    }
    note_presence(user);
    return was_last;
}

People::Person* People::find(const UserId& user) {
    const auto found = people_.find(user);
    return found == people_.end() ? nullptr : &found->second;
}

void People::give(const UserId& user, Feed feed, std::string_view body) {
    SharedEvents events = share({&body, 1});
    give(user, feed, events);
}

void People::give(const UserId& user, Feed feed, SharedEvents& events) {
    if (Person* person = find(user)) {
        for (Listener* listener : person->listeners) {
            listener->give_feed(feed, events);
        }
    }
}

void People::give_all(Feed feed, SharedEvents& events) {
    for (const auto& [user, person] : people_) {
        for (Listener* listener : person.listeners) {
            listener->give_feed(feed, events);
        }
    }
}

void People::note_presence(const UserId& user) {
    contracts::PresenceReportEntry entry{.user_id = user};
    if (const Person* person = find(user)) {
        for (const Listener* listener : person->listeners) {
            ++entry.connections;
            entry.away += listener->is_away() ? 1 : 0;
            entry.watching |= listener->listens_to(Feed::presence);
        }
    }
    presence_.on_changed(entry);
}

}  // namespace loquat::realtime
