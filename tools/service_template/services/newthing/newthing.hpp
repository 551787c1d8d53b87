#pragma once
#include "base/clock.hpp"
#include "services/newthing/config.hpp"
#include "services/newthing/ports.hpp"

namespace loquat::newthing {

// The use cases; no HTTP, no SQL.
class Newthing final : public contracts::NewthingApi {
  public:
    Newthing(Config config, EntryStore& entries, const Clock& clock)
        : config_(config), entries_(entries), clock_(clock) {}

    // Fails with newthing.full (conflict) when the caller has as many as the configuration allows.
    Task<contracts::NewthingEntry> add_entry(contracts::Caller caller,
                                             contracts::AddNewthingEntryRequest request) override;
    Task<contracts::Page<contracts::NewthingEntry>> list_entries(contracts::Caller caller,
                                                                 contracts::Empty request) override;

  private:
    Config config_;
    EntryStore& entries_;
    const Clock& clock_;
};

}  // namespace loquat::newthing
