#pragma once
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/realtime/ports.hpp"
#include "services/realtime/rooms/listener.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::realtime {

// Who is here, on which devices, and what all of them are told.
class People {
  public:
    struct Person {
        std::vector<Listener*> listeners;
        store::Subscription topic;  // of the person's own events
    };

    People(FrameMaker& maker, PresencePort& presence) : maker_(maker), presence_(presence) {}
    People(const People&) = delete;
    People& operator=(const People&) = delete;

    void join(const UserId& user, Listener& listener);
    // True when it was the person's last.
    bool leave(const UserId& user, Listener& listener);
    Person* find(const UserId& user);
    Person& get_or_add(const UserId& user) { return people_[user]; }

    // An event for all devices of a person that listen to that queue.
    void give(const UserId& user, Feed feed, std::string_view body);
    // The same for many people: `share` it once.
    void give(const UserId& user, Feed feed, SharedEvents& events);
    void give_all(Feed feed, SharedEvents& events);
    // The bodies outlive it.
    SharedEvents share(std::span<const std::string_view> bodies) { return {maker_, bodies}; }
    // Tells the presence service how the person is here now.
    void note_presence(const UserId& user);

  private:
    FrameMaker& maker_;
    PresencePort& presence_;
    std::unordered_map<UserId, Person> people_;
};

}  // namespace loquat::realtime
