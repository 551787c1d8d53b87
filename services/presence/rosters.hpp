#pragma once
#include <memory>

#include "runtime/stores.hpp"
#include "services/presence/domain/roster.hpp"
#include "services/presence/ports.hpp"

namespace loquat::presence {

// Opens what `store.presence.kind` names.
class Rosters {
  public:
    virtual ~Rosters() = default;
    virtual std::unique_ptr<RosterStore> open(const Roster::Rules& rules, const Clock& clock) = 0;
};

// In this process, or at Redis.
std::vector<runtime::StoreAdapter> roster_stores();

}  // namespace loquat::presence
