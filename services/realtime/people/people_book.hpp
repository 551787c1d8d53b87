#pragma once
#include "services/realtime/edge.hpp"
#include "services/realtime/people/people.hpp"
#include "services/realtime/people/places.hpp"

namespace loquat::realtime {

// What people on this loop hear beside conversations: their own queues, the presence and the names
// of others.
class PeopleBook {
  public:
    PeopleBook(Edge& edge, FrameMaker& maker);

    void join(const UserId& user, Listener& listener) { people_.join(user, listener); }
    void leave(const UserId& user, Listener& listener);
    void note_presence(const UserId& user) { people_.note_presence(user); }
    // The person's own events are listened to; returns when that is in force.  Throws upstream.*.
    Task<void> follow(Identity who, Feed feed);
    // The person is no member any more; `room` is null where nobody follows the conversation.
    void end_membership(const UserId& user, const ChatId& chat, Room* room);

  private:
    void follow_names();
    void follow_presence();
    Task<void> hear(bool& hears);
    // None: something may have been missed.
    void on_person_told(const UserId& user, const std::optional<contracts::UserEvent>& event);
    void on_names_told(const std::optional<contracts::UserList>& users);
    void on_presence_told(const std::optional<contracts::PeopleEvent>& told);

    store::Broadcast& broadcast_;
    bool hears_names_;  // what was told before is nobody's loss
    bool hears_presence_;
    People people_;
    Places places_;
    store::Subscription presence_topic_;
    store::Subscription names_topic_;
};

}  // namespace loquat::realtime
