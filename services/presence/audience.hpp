#pragma once
#include <unordered_set>
#include <vector>

#include "services/presence/ports.hpp"
#include "services/presence/rooms.hpp"

namespace loquat::presence {

// Who listens to presence, and in which conversations.  A listener's conversations are read once,
// when they begin to listen; from then on the changes of memberships are followed, which are asked
// for whenever something is to be told: what is told rests on what was acknowledged before.
class Audience {
  public:
    explicit Audience(MembershipsPort& memberships) : memberships_(memberships) {}

    void add(const UserId& user) { unread_.insert(user); }
    void remove(const UserId& user);

    // Brings itself up to date (nothing else is called meanwhile), and gives the conversations of
    // `changed` as of the same moment. What fails is done by the next call.  Throws upstream.*.
    Task<PeopleByRoom> refresh(std::vector<UserId> changed);
    const PeopleByRoom& listeners() const { return listeners_; }

  private:
    Task<void> read(std::vector<UserId> users, PeopleByRoom& into);
    Task<void> read_listeners();
    void forget_all();

    MembershipsPort& memberships_;
    PeopleByRoom listeners_;
    std::unordered_set<UserId> unread_;  // their conversations are not known yet
    contracts::MembershipMark mark_;     // what is known was read or followed up to it
};

}  // namespace loquat::presence
