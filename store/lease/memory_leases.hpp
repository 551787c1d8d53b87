#pragma once
#include <unordered_map>

#include "store/lease/lease_store.hpp"

namespace loquat::store {

// In this process.  One loop.
class MemoryLeases final : public LeaseStore {
  public:
    explicit MemoryLeases(const Clock& clock) : clock_(clock) {}

    Task<std::optional<Lease>> acquire(std::string name, std::string holder,
                                       std::chrono::milliseconds time) override;
    Task<bool> renew(Lease lease, std::chrono::milliseconds time) override;
    Task<bool> release(Lease lease) override;
    Task<std::optional<Lease>> find(std::string name) override;

  private:
    struct Held {
        Lease lease;
        Steady until;
    };
    using Leases = std::unordered_map<std::string, Held>;

    Leases::iterator find_held(const std::string& name);

    const Clock& clock_;
    Leases leases_;
    std::int64_t last_fence_ = 0;
};

}  // namespace loquat::store
