#pragma once
#include <vector>

#include "contracts/newthing/newthing.hpp"

namespace loquat::newthing {

// Entries by owner.  One loop.
class EntryStore {
  public:
    virtual ~EntryStore() = default;

    virtual Task<void> add(UserId owner, contracts::NewthingEntry entry) = 0;
    // In the order of adding.
    virtual Task<std::vector<contracts::NewthingEntry>> list(UserId owner) = 0;
};

}  // namespace loquat::newthing
