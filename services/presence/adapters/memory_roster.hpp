#pragma once
#include "base/clock.hpp"
#include "services/presence/domain/roster.hpp"
#include "services/presence/ports.hpp"

namespace loquat::presence {

// In this process.  One loop.
class MemoryRoster final : public RosterStore {
  public:
    MemoryRoster(Roster::Rules rules, const Clock& clock) : roster_(rules), clock_(clock) {}

    Task<bool> report(contracts::PresenceReport report) override {
        co_return roster_.apply(report, clock_.now(), clock_.steady());
    }
    Task<std::vector<contracts::Presence>> list(std::vector<UserId> users) override {
        std::vector<contracts::Presence> found;
        for (const UserId& user : users) {
            found.push_back(roster_.get(user));
        }
        co_return found;
    }
    Task<Turn> take_turn() override {
        roster_.expire(clock_.now(), clock_.steady());
        Turn turn;
        turn.gone_watchers = roster_.take_gone_watchers();
        turn.new_watchers = roster_.take_new_watchers();
        turn.changes = roster_.take_changes();
        co_return turn;
    }
    std::size_t size() const override { return roster_.size(); }

  private:
    Roster roster_;
    const Clock& clock_;
};

}  // namespace loquat::presence
