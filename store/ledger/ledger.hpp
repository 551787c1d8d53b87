#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "store/log/event_log.hpp"

// What the stores of usage and of the audit trail share: each is fed from one topic of the log.
namespace loquat::store {

// How far a store has come in its topic.
struct LedgerPosition {
    Offset applied = 0;
    Uuid log;  // the identity of the log that the offset belongs to; nil before the first batch

    friend bool operator==(const LedgerPosition&, const LedgerPosition&) = default;
};

// Records of a topic, (after, through].  One that cannot be decoded is an empty optional: its
// offset is passed.
template <class Record>
struct LedgerBatch {
    Offset after = 0;
    Offset through = 0;
    std::vector<std::optional<Record>> records;
    Uuid log;  // its identity
};

struct LedgerOutcome {
    std::size_t stored = 0;
    std::size_t repeated = 0;  // known already
    std::size_t unreadable = 0;

    friend bool operator==(const LedgerOutcome&, const LedgerOutcome&) = default;
};

// Where records of one topic end up.  Fails as store/sql/database.hpp says.
template <class Record>
class Ledger {
  public:
    virtual ~Ledger() = default;

    // Applies all records and moves the position in one transaction.  Records that were applied
    // before change nothing, wherever they come again.  `store.position_moved` (409) when the
    // position in this log is not `batch.after`: read it again.  The first batch of another log may
    // begin anywhere.
    virtual Task<LedgerOutcome> apply_batch(LedgerBatch<Record> batch) = 0;

    virtual Task<LedgerPosition> position() = 0;

    // Makes all that is applied safe against a loss of power and gives the offset up to which the
    // log may be trimmed; 0 when that cannot be done now.  The database is opened with Durability::crash: after a loss of power it
    // is older but whole, and what is missing is applied again from the log, which must still have
    // it.  So never trim behind `position`.
    virtual Task<Offset> secure() = 0;
};

template <class Record>
void check_position(const LedgerBatch<Record>& batch, const LedgerPosition& position) {
    LOQUAT_CHECK(batch.through == batch.after + batch.records.size(), "a batch has no holes");
    if (position.applied != batch.after && position.log == batch.log) {
        throw Failure{Kind::conflict, "store.position_moved", "The store has moved on.",
                      "it is at " + std::to_string(position.applied) + ", not at " +
                          std::to_string(batch.after)};
    }
}

}  // namespace loquat::store
