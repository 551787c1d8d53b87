#include "services/realtime/people/people_book.hpp"

#include "base/text.hpp"
#include "contracts/auth/broadcasts.hpp"
#include "contracts/events/user_event.hpp"
#include "contracts/presence/broadcasts.hpp"
#include "services/realtime/domain/resync.hpp"
#include "store/broadcast/subscribe.hpp"

namespace loquat::realtime {

namespace {

std::optional<Feed> feed_of(std::string_view queue) {
    if (queue == "chats") {
        return Feed::chats;
    }
    return queue == "session" ? std::optional{Feed::session} : std::nullopt;
}

}  // namespace

PeopleBook::PeopleBook(Edge& edge, FrameMaker& maker)
    : broadcast_(edge.broadcast),
      hears_names_(edge.hearing == Hearing::certain),
      hears_presence_(edge.hearing == Hearing::certain),
      people_(maker, edge.presence),
      places_(edge, people_) {}

void PeopleBook::leave(const UserId& user, Listener& listener) {
    if (people_.leave(user, listener)) {
        places_.forget(user);
    }
}

Task<void> PeopleBook::follow(Identity who, Feed feed) {
    const UserId user = who.user;
    if (feed == Feed::presence) {
        follow_presence();
        note_presence(user);
        co_await hear(hears_presence_);
        co_return;
    }
    People::Person& person = people_.get_or_add(user);
    if (!person.topic) {
        person.topic =
            store::subscribe(broadcast_, contracts::topics::user, user,
                             [this, user](const std::optional<contracts::UserEvent>& event) {
                                 on_person_told(user, event);
                             });
    }
    if (feed == Feed::chats) {
        follow_names();
        co_await hear(hears_names_);
        co_await places_.follow(std::move(who));
    }
}

// What was told before is in what they read next.
Task<void> PeopleBook::hear(bool& hears) {
    if (!hears) {
        co_await broadcast_.settle();
        hears = true;
    }
}

// Who listens to the presence of others listens to one topic, all together.
void PeopleBook::follow_presence() {
    if (!presence_topic_) {
        presence_topic_ = store::subscribe(
            broadcast_, contracts::topics::presence_told,
            [this](const std::optional<contracts::PeopleEvent>& told) { on_presence_told(told); });
    }
}

void PeopleBook::on_presence_told(const std::optional<contracts::PeopleEvent>& told) {
    if (!told && !hears_presence_) {
        return;
    }
    if (!told) {
        const std::string body = resync_event(0, 0);
        const std::string_view bodies[]{body};
        SharedEvents events = people_.share(bodies);
        people_.give_all(Feed::presence, events);
        return;
    }
    const auto bodies = split(told->lines, '\n');
    SharedEvents events = people_.share(bodies);
    for (const UserId& user : told->users) {
        people_.give(user, Feed::presence, events);
    }
}

// Names are no secret among those who are signed in, so one event is everybody's.
void PeopleBook::follow_names() {
    if (!names_topic_) {
        names_topic_ = store::subscribe(
            broadcast_, contracts::topics::auth_users,
            [this](const std::optional<contracts::UserList>& users) { on_names_told(users); });
    }
}

void PeopleBook::on_names_told(const std::optional<contracts::UserList>& users) {
    if (!users && !hears_names_) {
        return;
    }
    std::vector<std::string> told;
    if (!users) {
        told.push_back(resync_event(0, 0));
    } else {
        for (const auto& user : users->items) {
            told.push_back(wire::encode(contracts::UserChanged{user}));
        }
    }
    const std::vector<std::string_view> bodies{told.begin(), told.end()};
    SharedEvents events = people_.share(bodies);
    people_.give_all(Feed::chats, events);
}

void PeopleBook::on_person_told(const UserId& user,
                                const std::optional<contracts::UserEvent>& event) {
    if (people_.find(user) == nullptr) {
        return;
    }
    if (!event) {
        places_.on_list_lost(user);
        return;
    }
    const auto feed = feed_of(event->queue);
    if (!feed) {
        return;
    }
    people_.give(user, *feed, event->body);
    if (event->listed) {
        places_.on_list_event(user, *event->listed);
    }
}

void PeopleBook::end_membership(const UserId& user, const ChatId& chat, Room* room) {
    const People::Person* person = people_.find(user);
    if (room != nullptr && person != nullptr) {
        for (Listener* listener : person->listeners) {
            listener->end_room_subscriptions(*room);
        }
    }
    places_.remove(user, chat);
}

}  // namespace loquat::realtime
