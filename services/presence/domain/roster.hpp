#pragma once
#include <chrono>
#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "contracts/presence/presence.hpp"

namespace loquat::presence {

// Who is there: each person's devices on all edge nodes as one state.  Pure: time is passed in.
class Roster {
  public:
    struct Rules {
        std::chrono::milliseconds lease{30'000};
        std::chrono::milliseconds offline_after{1'500};
        std::size_t remembered_max = 200'000;
    };
    explicit Roster(Rules rules) : rules_(rules) {}

    // False when the node is unknown and the report is not whole: it must first tell everything.
    bool apply(const contracts::PresenceReport& report, Time now, Steady steady);
    // Ends leases and graces that are over.
    void expire(Time now, Steady steady);

    contracts::Presence get(const UserId& user) const;
    // Who listens to the presence of others now.
    const std::unordered_set<UserId>& watchers() const { return watchers_; }
    // Who began to, and who no longer does, since this was last called: as it is now.
    std::vector<UserId> take_new_watchers();
    std::vector<UserId> take_gone_watchers();
    // Whose state differs from when they were last taken.
    std::vector<contracts::Presence> take_changes();
    std::size_t size() const { return people_.size(); }

  private:
    struct Seat {
        std::uint32_t node;
        std::int32_t connections;
        std::int32_t away;
        bool watching;
    };
    struct Person {
        std::vector<Seat> seats;
        contracts::PresenceState state = contracts::PresenceState::offline;
        contracts::PresenceState told = contracts::PresenceState::offline;
        std::optional<Time> last_seen_at;
        bool is_changed = false;
        bool is_leaving = false;
    };
    struct Node {
        std::uint32_t number = 0;
        Steady lease_ends;
    };
    struct Leaving {
        UserId user;
        Steady at;
        Time last_seen_at;
    };

    void seat(const UserId& user, const Seat& seat, Time now, Steady steady);
    void empty_node(std::uint32_t node, Time now, Steady steady);
    void settle(const UserId& user, Person& person, Time now, Steady steady);
    void set_watching(const UserId& user, bool watching);
    void set_state(const UserId& user, Person& person, contracts::PresenceState state);
    void forget_oldest();

    Rules rules_;
    std::unordered_map<UserId, Person> people_;
    std::unordered_map<std::string, Node> nodes_;
    std::uint32_t last_node_ = 0;
    std::deque<Leaving> leaving_;  // in the order of `at`
    std::deque<UserId> offline_;   // oldest first; may hold people who came back
    std::vector<UserId> changed_;
    std::unordered_set<UserId> watchers_;
    std::vector<UserId> new_watchers_;
    std::vector<UserId> gone_watchers_;
};

}  // namespace loquat::presence
