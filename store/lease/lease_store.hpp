#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "aio/task.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"

namespace loquat::store {

// What is held by one at a time, for a while.
struct Lease {
    std::string name;
    std::string holder;
    // Greater than that of every holder before: who keeps something under a lease refuses a lower
    // one than it has seen, so that a holder that slept through its lease changes nothing.
    std::int64_t fence = 0;
};

// Keeps others from trying in vain.  It decides nothing: a store may forget it, and a holder may
// sleep; what must be so is a constraint of a database (docs/adr/0074).  Any loop.  All of it fails
// with store.unavailable, upstream.timeout; who cannot ask goes on as if nobody held it.
class LeaseStore {
  public:
    virtual ~LeaseStore() = default;

    // None: somebody else holds it.  Who holds it already gets it again, with the same fence and a
    // whole `time`.
    virtual Task<std::optional<Lease>> acquire(std::string name, std::string holder,
                                               std::chrono::milliseconds time) = 0;
    // From now on a whole `time`; false when it has ended, or is somebody else's.
    virtual Task<bool> renew(Lease lease, std::chrono::milliseconds time) = 0;
    // False when it was not held any more.
    virtual Task<bool> release(Lease lease) = 0;
    // Who holds it; none: nobody.
    virtual Task<std::optional<Lease>> find(std::string name) = 0;
};

// One answer at a time for each person, over all processes; the holder is the generation.
inline std::string inflight_lease(const UserId& user) {
    return "user:" + user.to_string() + ":inflight_generation";
}

}  // namespace loquat::store
