#pragma once
#include <utility>
#include <vector>

#include "services/consumer/metrics.hpp"
#include "services/consumer/ports.hpp"
#include "services/consumer/topic_loop.hpp"

namespace loquat::consumer {

// Usage or audit records: log to store, each once.
template <class Record>
class LedgerLoop final : public TopicLoop {
  public:
    struct Parts {
        store::EventLog& log;
        Ledger<Record>& ledger;
        const Clock& clock;
        LedgerMetrics& metrics;
        store::TopicTroubles& troubles;
        const ReaderLease& lease = sole_reader;
    };
    using Decode = std::optional<Record> (*)(std::string_view);

    LedgerLoop(Parts parts, const store::Partition& partition, Decode decode, const Config& config)
        : TopicLoop({parts.log, parts.ledger, parts.clock, parts.metrics.lag,
                     partition_lag(parts.metrics.registry, partition), parts.metrics.failures,
                     dead_records(parts.metrics.registry, partition), parts.troubles, parts.lease},
                    partition, config),
          parts_(parts),
          decode_(decode) {}

  private:
    Task<void> apply(store::Position from, Found found) override {
        const store::Offset through = found.records.back()->offset;
        std::vector<std::optional<Record>> records;
        records.reserve(found.records.size());
        for (const store::LogRecordPtr& record : found.records) {
            records.push_back(decode_(record->payload));
        }
        co_await give_up_unreadable(from, unreadable_of(found, records));
        if (found.taken == Taken::refused) {
            records = {std::nullopt};
        }
        store::Batch<Record> batch{std::move(from), through, std::move(records)};
        const LedgerOutcome outcome = co_await parts_.ledger.apply_batch(std::move(batch));
        parts_.metrics.count(outcome);
    }

    store::Offset trimmable(const store::Position& secured) const override {
        return secured.applied;
    }

    Parts parts_;
    Decode decode_;
};

}  // namespace loquat::consumer
