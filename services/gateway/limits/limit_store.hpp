#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aio/task.hpp"
#include "base/clock.hpp"
#include "services/gateway/domain/gcra.hpp"

namespace loquat::gateway {

// Whose requests are counted together.  The same in every process of a platform.
struct LimitKey {
    std::uint64_t what = 0;  // is limited: a class or a route
    std::string_view who;    // bytes of an id or of an address
};

// One request that is to be counted, for who has to wait for its verdict.
struct LimitCount {
    std::uint64_t what = 0;
    std::string who;
    Rate rate;
    Steady now;

    LimitKey key() const { return {what, who}; }
};

// How much each caller has used.  Any thread.
class LimitStore {
  public:
    virtual ~LimitStore() = default;

    // Counts one request of `key` at `now`, by this process's clock, and never waits.  A refused
    // one counts nothing.  None where others count too and have to be asked: then nothing was
    // counted.
    virtual std::optional<Verdict> take(const LimitKey& key, const Rate& rate, Steady now) = 0;
    // On a loop.  Counts it with those others; decides here when they do not answer within a
    // moment. Throws nothing but cancellation.
    virtual Task<Verdict> ask(LimitCount count) = 0;
};

// Opens what `store.limits.kind` names.
class LimitStores {
  public:
    virtual ~LimitStores() = default;
    // `keys_max` callers are remembered here at once.
    virtual std::unique_ptr<LimitStore> open(std::size_t keys_max) = 0;
};

}  // namespace loquat::gateway
