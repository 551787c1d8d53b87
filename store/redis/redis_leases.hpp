#pragma once
#include "store/lease/lease_store.hpp"
#include "store/redis/client.hpp"

namespace loquat::store {

// A key for each, that expires by itself; its value is `FENCE HOLDER`.  Fences are the server's
// microseconds, and always more than the last one: they ascend also after the server has lost
// everything.
class RedisLeases final : public LeaseStore {
  public:
    // `redis` outlives it.  Each call waits `answer_max` for it.
    explicit RedisLeases(RedisClient& redis,
                         std::chrono::milliseconds answer_max = std::chrono::milliseconds{1'000})
        : redis_(redis), answer_max_(answer_max) {}

    Task<std::optional<Lease>> acquire(std::string name, std::string holder,
                                       std::chrono::milliseconds time) override;
    Task<bool> renew(Lease lease, std::chrono::milliseconds time) override;
    Task<bool> release(Lease lease) override;
    Task<std::optional<Lease>> find(std::string name) override;

  private:
    Steady deadline() const { return std::chrono::steady_clock::now() + answer_max_; }

    RedisClient& redis_;
    const std::chrono::milliseconds answer_max_;
};

}  // namespace loquat::store
