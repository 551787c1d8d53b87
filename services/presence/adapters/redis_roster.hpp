#pragma once
#include <atomic>
#include <functional>
#include <string>
#include <unordered_set>

#include "services/presence/domain/roster.hpp"
#include "services/presence/ports.hpp"
#include "store/redis/client.hpp"

namespace loquat::presence {

// At Redis, so that several instances of the service share it: a report, an answer and a turn are
// one script each, by the server's clock.  Any instance takes reports and answers.  Turns are given
// to one of them, the teller, until it has not taken one for three seconds; a new teller is told of
// everybody who listens.  What it keeps ends with the leases of the nodes that reported it.
class RedisRoster final : public RosterStore {
  public:
    struct Options {
        Roster::Rules rules;
        std::chrono::milliseconds answer_max{2'000};
        // How much later than by the server's clock it is; for tests.
        std::function<std::chrono::milliseconds()> ahead{};
    };

    // `redis` outlives it.
    RedisRoster(store::RedisClient& redis, Options options);

    Task<bool> report(contracts::PresenceReport report) override;
    Task<std::vector<contracts::Presence>> list(std::vector<UserId> users) override;
    Task<Turn> take_turn() override;
    std::size_t size() const override { return size_.load(std::memory_order_relaxed); }

  private:
    std::vector<std::string> rules_args() const;
    void note_watchers(Turn& turn, bool are_all);
    Steady deadline() const { return std::chrono::steady_clock::now() + options_.answer_max; }

    store::RedisClient& redis_;
    const Options options_;
    const std::string instance_;
    std::unordered_set<UserId> watching_;  // as they were given last
    std::atomic<std::size_t> size_ = 0;    // as of the last turn of this instance
};

}  // namespace loquat::presence
