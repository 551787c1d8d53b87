#pragma once
#include <chrono>
#include <cstddef>
#include <limits>
#include <vector>

#include "contracts/audit/audit_record.hpp"
#include "contracts/chat/records.hpp"
#include "contracts/usage/usage_record.hpp"
#include "services/consumer/domain/shares.hpp"
#include "store/history/audit_history.hpp"
#include "store/history/message_history.hpp"
#include "store/history/usage_history.hpp"
#include "store/position/position.hpp"

// What the consumer fills from the log.  It alone writes; others read what store/history/ shows.
namespace loquat::consumer {

using MessageBatch = store::Batch<contracts::MessageRecord>;

// The messages of all chats.  Fails as store/sql/database.hpp says.
class MessageStore : public store::MessageHistory, public store::PositionStore {
  public:
    // Applies all records and moves the position in one transaction; one outcome for each record,
    // in order. The same records from the same position give the same result again, and records
    // that were applied before change nothing.  The outcome of a record that cannot be decoded is
    // refused `record.unreadable`.  `store.position_moved` (409) when the position is no longer
    // `batch.from`: read it again.
    virtual Task<std::vector<contracts::Outcome>> apply_batch(MessageBatch batch) = 0;

    // Of records in the log that a batch may have, unless it is a single one.
    virtual std::size_t batch_bytes_max() const { return std::numeric_limits<std::size_t>::max(); }
};

struct LedgerOutcome {
    std::size_t stored = 0;
    std::size_t repeated = 0;  // known already
    std::size_t unreadable = 0;

    friend bool operator==(const LedgerOutcome&, const LedgerOutcome&) = default;
};

// Where records of one topic end up.  Fails as store/sql/database.hpp says.
template <class Record>
class Ledger : public store::PositionStore {
  public:
    // Applies all records and moves the position in one transaction.  Records that were applied
    // before change nothing, wherever they come again.  `store.position_moved` (409) when the
    // position is no longer `batch.from`: read it again.
    virtual Task<LedgerOutcome> apply_batch(store::Batch<Record> batch) = 0;
};

// What models used, call by call and summed by (user, period, model) for UTC days, hours and
// quarters of an hour; all are written in one transaction.
class UsageStore : public store::UsageHistory, public Ledger<contracts::UsageRecord> {};

class AuditStore : public store::AuditHistory, public Ledger<contracts::AuditRecord> {};

// Shares the partitions of the log out among the instances that are there.  An instance is there by
// its beats.  Fails as store/sql/database.hpp says.
class ReaderShares {
  public:
    virtual ~ReaderShares() = default;

    // What there is, and what of it this instance will never be able to read.
    struct Ground {
        std::vector<store::Partition> all;
        std::vector<store::Partition> unable{};
    };
    // This instance is there; what it reads of `ground`.  Takes what those had who have not beaten
    // for `age_max`, by the store's clock, and whatever else is free, up to this one's share.
    virtual Task<Share> beat(Ground ground, std::chrono::milliseconds age_max) = 0;
    // Others may take them from now on: nothing of this instance reads them any more.
    virtual Task<void> give_back(std::vector<store::Partition> partitions) = 0;
    // This instance is not there any more, and reads nothing.
    virtual Task<void> leave() = 0;
};

}  // namespace loquat::consumer
