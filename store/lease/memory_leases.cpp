#include "store/lease/memory_leases.hpp"

#include <utility>

namespace loquat::store {

// One that is over goes when it is looked at.
MemoryLeases::Leases::iterator MemoryLeases::find_held(const std::string& name) {
    const auto found = leases_.find(name);
    if (found != leases_.end() && found->second.until <= clock_.steady()) {
        leases_.erase(found);
        return leases_.end();
    }
    return found;
}

Task<std::optional<Lease>> MemoryLeases::acquire(std::string name, std::string holder,
                                                 std::chrono::milliseconds time) {
    const Steady until = clock_.steady() + time;
    const auto found = find_held(name);
    if (found == leases_.end()) {
        Lease lease{name, std::move(holder), ++last_fence_};
        leases_.insert_or_assign(std::move(name), Held{lease, until});
        co_return lease;
    }
    if (found->second.lease.holder != holder) {
        co_return std::nullopt;
    }
    found->second.until = until;
    co_return found->second.lease;
}

Task<bool> MemoryLeases::renew(Lease lease, std::chrono::milliseconds time) {
    const auto found = find_held(lease.name);
    const bool is_held = found != leases_.end() && found->second.lease.fence == lease.fence;
    if (is_held) {
        found->second.until = clock_.steady() + time;
    }
    co_return is_held;
}

Task<bool> MemoryLeases::release(Lease lease) {
    const auto found = find_held(lease.name);
    const bool is_held = found != leases_.end() && found->second.lease.fence == lease.fence;
    if (is_held) {
        leases_.erase(found);
    }
    co_return is_held;
}

Task<std::optional<Lease>> MemoryLeases::find(std::string name) {
    const auto found = find_held(name);
    if (found == leases_.end()) {
        co_return std::nullopt;
    }
    co_return found->second.lease;
}

}  // namespace loquat::store
