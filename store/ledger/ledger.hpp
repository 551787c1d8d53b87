#pragma once
#include <cstddef>

#include "store/position/position.hpp"

// What the stores of usage and of the audit trail share: each is fed from one topic of the log.
namespace loquat::store {

struct LedgerOutcome {
    std::size_t stored = 0;
    std::size_t repeated = 0;  // known already
    std::size_t unreadable = 0;

    friend bool operator==(const LedgerOutcome&, const LedgerOutcome&) = default;
};

// Where records of one topic end up.  Fails as store/sql/database.hpp says.
template <class Record>
class Ledger : public PositionStore {
  public:
    // Applies all records and moves the position in one transaction.  Records that were applied
    // before change nothing, wherever they come again.  `store.position_moved` (409) when the
    // position is no longer `batch.from`: read it again.
    virtual Task<LedgerOutcome> apply_batch(Batch<Record> batch) = 0;
};

}  // namespace loquat::store
