#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "services/gateway/limits/limit_table.hpp"
#include "store/redis/client.hpp"

namespace loquat::gateway {

struct RedisLimitsOptions {
    std::size_t keys_max = 65'536;  // remembered here, for while Redis is away
    // A request waits so long for Redis; then it is decided here.
    std::chrono::milliseconds answer_max{100};
    // So long nothing is asked after it has not answered.
    std::chrono::milliseconds pause{1'000};
    // An edge that has not asked for so long is gone.
    std::chrono::milliseconds edge_gone{10'000};
};

// All edges count together: each request is one step of a script at Redis, by the server's clock,
// so that the limit is exact over all of them (docs/adr/0074).  A refusal holds here until its time
// is over, without asking.  While Redis does not answer each edge counts for itself, by the limit
// over the number of edges that were there last.
class RedisLimits final : public LimitStore {
  public:
    RedisLimits(store::RedisClient& redis, RedisLimitsOptions options);

    std::optional<Verdict> take(const LimitKey& key, const Rate& rate, Steady now) override;
    Task<Verdict> ask(LimitCount count) override;

    // As they were told last.
    int edges() const { return edges_.load(std::memory_order_relaxed); }

  private:
    static constexpr std::size_t shards = 16;
    static constexpr std::size_t refusals_max = 1'024;  // of a shard
    struct Refusal {
        Steady until;
        Verdict verdict;
    };
    struct alignas(64) Shard {
        std::mutex mutex;
        std::unordered_map<std::string, Refusal> refusals;
    };

    Task<Verdict> ask_redis(const LimitCount& count);
    Verdict decide_here(const LimitKey& key, Rate rate, Steady now);
    Shard& shard_of(const std::string& key) {
        return shards_[std::hash<std::string>{}(key) % shards];
    }
    std::optional<Verdict> find_refusal(const std::string& key, Steady now);
    void keep_refusal(const std::string& key, Refusal refusal, Steady now);

    store::RedisClient& redis_;
    const RedisLimitsOptions options_;
    const std::string edge_;  // this process, among the edges
    LimitTable here_;
    std::atomic<int> edges_ = 1;
    std::atomic<Steady::rep> away_until_ = 0;
    std::array<Shard, shards> shards_;
};

// With a client of their own.
class RedisLimitStores final : public LimitStores {
  public:
    // Blocks, and fails, as RedisClient does.
    explicit RedisLimitStores(store::RedisClientOptions options) : redis_(std::move(options)) {}

    std::unique_ptr<LimitStore> open(std::size_t keys_max) override {
        return std::make_unique<RedisLimits>(redis_, RedisLimitsOptions{.keys_max = keys_max});
    }
    const store::RedisClient& client() const { return redis_; }

  private:
    store::RedisClient redis_;
};

}  // namespace loquat::gateway
