#pragma once
#include <cstdint>
#include <string_view>

#include "base/clock.hpp"
#include "services/gateway/domain/gcra.hpp"

namespace loquat::gateway {

// Whose requests are counted together.  The same in every process of a platform.
struct LimitKey {
    std::uint64_t what = 0;  // is limited: a class or a route
    std::string_view who;    // bytes of an id or of an address
};

// How much each caller has used.  Every request asks, so it never waits: a store elsewhere answers
// from the share that it holds here (docs/adr/0054-shared-state-of-many-instances.md).  Any thread.
class LimitStore {
  public:
    virtual ~LimitStore() = default;

    // Counts one request of `key` at `now`, by this process's clock.  A refused one counts nothing.
    virtual Verdict take(const LimitKey& key, const Rate& rate, Steady now) = 0;
};

}  // namespace loquat::gateway
