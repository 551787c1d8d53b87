#pragma once
#include "runtime/stores.hpp"
#include "services/auth/ports.hpp"

namespace loquat::auth {

// Opens what `store.limits.kind` names.
class GuessLimits {
  public:
    virtual ~GuessLimits() = default;
    // `clock` outlives it.  Used on one loop.
    virtual std::unique_ptr<GuessLimit> open(const BackOffRules& rules, const Clock& clock) = 0;
};

// By this process, or at Redis.
std::vector<runtime::StoreAdapter> guess_limits();

}  // namespace loquat::auth
