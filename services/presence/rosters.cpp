#include "services/presence/rosters.hpp"

#include "runtime/stores/redis.hpp"
#include "services/presence/adapters/memory_roster.hpp"
#include "services/presence/adapters/redis_roster.hpp"

namespace loquat::presence {
namespace {

using runtime::StoreGround;
using runtime::Stores;

class MemoryRosters final : public Rosters {
  public:
    std::unique_ptr<RosterStore> open(const Roster::Rules& rules, const Clock& clock) override {
        return std::make_unique<MemoryRoster>(rules, clock);
    }
};

class RedisRosters final : public Rosters {
  public:
    explicit RedisRosters(store::RedisClientOptions options) : redis_(std::move(options)) {}

    std::unique_ptr<RosterStore> open(const Roster::Rules& rules, const Clock&) override {
        return std::make_unique<RedisRoster>(redis_, RedisRoster::Options{.rules = rules});
    }
    const store::RedisCounts& counts() const { return redis_.counts(); }

  private:
    store::RedisClient redis_;
};

std::unique_ptr<Rosters> open_redis(Stores& stores, const StoreGround& ground) {
    auto rosters = std::make_unique<RedisRosters>(
        store::RedisClientOptions{.target = runtime::redis_target(stores, "presence"),
                                  .name = "loquat-presence",
                                  .start = runtime::redis_start("presence")});
    runtime::show_redis_counts(ground.metrics, "presence", rosters->counts());
    return rosters;
}

}  // namespace

std::vector<runtime::StoreAdapter> roster_stores() {
    const auto memory = [](Stores&, const StoreGround&) {
        return std::make_unique<MemoryRosters>();
    };
    return {runtime::make_adapter<Rosters>("presence", "memory", memory),
            runtime::make_adapter<Rosters>("presence", "redis", &open_redis)};
}

}  // namespace loquat::presence
