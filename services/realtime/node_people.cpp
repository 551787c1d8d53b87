#include "aio/signal.hpp"
#include "base/text.hpp"
#include "contracts/events.hpp"
#include "services/realtime/node.hpp"
#include "wire/codec.hpp"

// Rooms and people: who is here, what they listen to, and how their connections end from outside.

namespace loquat::realtime {

namespace {

constexpr std::chrono::milliseconds drain_step{50};

std::optional<Feed> feed_of(std::string_view queue) {
    if (queue == "chats") {
        return Feed::chats;
    }
    return queue == "session" ? std::optional{Feed::session} : std::nullopt;
}

}  // namespace

std::shared_ptr<Room> Node::open_room(ChatId chat) {
    std::shared_ptr<Room>& room = rooms_[chat];
    if (!room) {
        room = std::make_shared<Room>(*this, chat);
    }
    return room;
}

void Node::close_if_unused(Room& room) {
    if (!room.is_used()) {
        const auto found = rooms_.find(room.id());
        if (found != rooms_.end() && found->second.get() == &room) {
            rooms_.erase(found);
        }
    }
}

void Node::end_room_subscriptions(const UserId& user, Room& room) {
    const auto person = people_.find(user);
    if (person == people_.end()) {
        return;
    }
    for (Connection* connection : person->second.connections) {
        connection->session().end_room_subscriptions(room);
    }
}

void Node::join_person(const UserId& user, Connection& connection) {
    people_[user].connections.push_back(&connection);
    note_presence(user);
}

void Node::leave_person(const UserId& user, Connection& connection) {
    const auto found = people_.find(user);
    if (found == people_.end()) {
        return;
    }
    std::erase(found->second.connections, &connection);
    if (found->second.connections.empty()) {
        people_.erase(found);
        places_.forget(user);
    }
    note_presence(user);
}

void Node::note_presence(const UserId& user) {
    contracts::PresenceReportEntry entry{.user_id = user};
    if (const auto found = people_.find(user); found != people_.end()) {
        for (Connection* connection : found->second.connections) {
            const Session& session = connection->session();
            ++entry.connections;
            entry.away += session.is_away() ? 1 : 0;
            entry.watching |= session.listens_to(Feed::presence);
        }
    }
    neighbours_.presence.on_changed(entry);
}

Task<void> Node::follow_person(Identity who, Feed feed) {
    const UserId user = who.user;
    if (feed == Feed::presence) {
        follow_presence();
        note_presence(user);
        co_return;
    }
    Person& person = people_[user];
    if (!person.topic) {
        person.topic = broadcast().subscribe(
            contracts::user_topic(user),
            [this, user](store::Notice notice, const store::Payload& payload) {
                on_person_notice(user, notice, payload);
            });
    }
    if (feed == Feed::chats) {
        follow_names();
        co_await places_.follow(std::move(who));
    }
}

// Who listens to the presence of others listens to one topic, all together.
void Node::follow_presence() {
    if (!presence_topic_) {
        presence_topic_ =
            broadcast().subscribe(std::string{contracts::presence_topic},
                                  [this](store::Notice notice, const store::Payload& payload) {
                                      on_presence_notice(notice, payload);
                                  });
    }
}

void Node::on_presence_notice(store::Notice notice, const store::Payload& payload) {
    if (notice == store::Notice::lost) {
        const std::string body = resync_event(0, 0);
        const std::string_view bodies[]{body};
        SharedEvents events = share(bodies);
        for (const auto& [user, person] : people_) {
            give_person(user, Feed::presence, events);
        }
        return;
    }
    const contracts::PeopleEvent told = contracts::decode_people_event(*payload);
    const auto bodies = split(told.lines, '\n');
    SharedEvents events = share(bodies);
    for (const UserId& user : told.users) {
        give_person(user, Feed::presence, events);
    }
}

// Names are no secret among those who are signed in, so one event is everybody's.
void Node::follow_names() {
    if (!names_topic_) {
        names_topic_ =
            broadcast().subscribe(std::string{contracts::users_topic},
                                  [this](store::Notice notice, const store::Payload& payload) {
                                      on_names_notice(notice, payload);
                                  });
    }
}

void Node::on_names_notice(store::Notice notice, const store::Payload& payload) {
    std::vector<std::string> told;
    if (notice == store::Notice::lost) {
        told.push_back(resync_event(0, 0));
    } else {
        for (const auto& user : wire::from_json<contracts::UserList>(*payload).items) {
            told.push_back(contracts::user_changed_event(user));
        }
    }
    const std::vector<std::string_view> bodies{told.begin(), told.end()};
    SharedEvents events = share(bodies);
    for (const auto& [user, person] : people_) {
        give_person(user, Feed::chats, events);
    }
}

SharedEvents Node::share(std::span<const std::string_view> bodies) {
    std::vector<Event> events;
    events.reserve(bodies.size());
    for (const std::string_view body : bodies) {
        events.push_back({.body = body, .number = next_number()});
    }
    return {maker_, std::move(events)};
}

void Node::give_person(const UserId& user, Feed feed, std::string_view body) {
    SharedEvents events = share({&body, 1});
    give_person(user, feed, events);
}

void Node::give_person(const UserId& user, Feed feed, SharedEvents& events) {
    const auto found = people_.find(user);
    if (found == people_.end()) {
        return;
    }
    for (Connection* connection : found->second.connections) {
        connection->session().give_feed(feed, events);
    }
}

void Node::on_person_notice(const UserId& user, store::Notice notice,
                            const store::Payload& payload) {
    const auto found = people_.find(user);
    if (found == people_.end()) {
        return;
    }
    if (notice == store::Notice::lost) {
        places_.on_list_lost(user);
        return;
    }
    const contracts::UserEvent event = contracts::decode_user_event(*payload);
    const auto feed = feed_of(event.queue);
    if (!feed) {
        return;
    }
    for (const std::string_view body : split(event.body, '\n')) {
        give_person(user, *feed, body);
    }
    if (*feed == Feed::chats) {
        places_.on_list_event(user, event.body);
    }
}

// On the thread that took the right away: what is shown here after that comes behind it.
void Node::on_ended(const contracts::Revocation& revocation) {
    loop_.post([this, alive = alive_, revocation] {
        if (*alive) {
            end_sessions(revocation);
        }
    });
}

void Node::on_ended(const runtime::StandingRights::Member& member) {
    loop_.post([this, alive = alive_, member] {
        if (*alive) {
            end_membership(member);
        }
    });
}

void Node::end_membership(const runtime::StandingRights::Member& member) {
    if (const auto room = rooms_.find(member.chat); room != rooms_.end()) {
        const std::shared_ptr<Room> held = room->second;
        held->end_subscriptions_of(member.user);
    }
    places_.remove(member.user, member.chat);
}

void Node::require_session(const Identity& who) const {
    if (neighbours_.rights.is_over({who.user, who.session, who.issued_at})) {
        throw Failure{Kind::unauthenticated, "auth.token_revoked",
                      "This session has ended. Sign in again."};
    }
}

void Node::end_sessions(const contracts::Revocation& revocation) {
    std::vector<Connection*> ended;
    for (const auto& connection : connections_) {
        const Session& session = connection->session();
        if (!connection->is_open() || !session.is_signed_in()) {
            continue;
        }
        const Identity& who = session.identity();
        const bool is_session = revocation.session_id == who.session;
        const bool is_user = revocation.user_id == who.user &&
                             (!revocation.before || who.issued_at < *revocation.before);
        if (is_session || is_user) {
            ended.push_back(connection.get());
        }
    }
    for (Connection* connection : ended) {
        end_session(*connection);
    }
}

void Node::end_session(Connection& connection) {
    connection.session().give_feed(Feed::session, R"({"type":"session_ended"})");
    connection.fail({Kind::unauthenticated, "auth.session_ended", "The session has ended."}, "");
}

Task<void> Node::drain(Steady deadline) {
    is_draining_ = true;
    const auto spread = std::chrono::milliseconds{config_.drain_spread_ms};
    const auto steps = static_cast<std::size_t>(std::max<std::int64_t>(1, spread / drain_step));
    const std::size_t each = connections_.size() / steps + 1;
    const auto wait = std::chrono::duration_cast<std::chrono::seconds>(spread);
    while (!connections_.empty() && std::chrono::steady_clock::now() < deadline) {
        std::size_t closed = 0;
        for (std::size_t i = connections_.size(); i-- > 0 && closed < each;) {
            if (connections_[i]->is_open()) {
                Failure restarting{Kind::unavailable, "server.restarting",
                                   "The server restarts; connect again."};
                // Spread again over the clients, so that they do not come back all at once.
                restarting.retry_after = std::chrono::seconds{1 + i % (1 + wait.count())};
                connections_[i]->fail(restarting, "");
                ++closed;
            }
        }
        co_await loop_.sleep_for(drain_step);
    }
    co_await scope_.close();
}

}  // namespace loquat::realtime
