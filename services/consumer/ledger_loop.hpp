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
                     parts.troubles, parts.lease},
                    partition, config),
          parts_(parts),
          decode_(decode) {}

  private:
    Task<void> apply(store::Position from, std::vector<store::LogRecordPtr> found) override {
        const store::Offset through = found.back()->offset;
        store::Batch<Record> batch{std::move(from), through, decode_all(found)};
        const LedgerOutcome outcome = co_await parts_.ledger.apply_batch(std::move(batch));
        parts_.metrics.count(outcome);
    }

    store::Offset trimmable(const store::Position& secured) const override {
        return secured.applied;
    }

    std::vector<std::optional<Record>> decode_all(
        const std::vector<store::LogRecordPtr>& found) const {
        std::vector<std::optional<Record>> records;
        records.reserve(found.size());
        for (const store::LogRecordPtr& record : found) {
            records.push_back(decode_(record->payload));
            if (!records.back()) {
                report_unreadable(record->offset);
            }
        }
        return records;
    }

    Parts parts_;
    Decode decode_;
};

}  // namespace loquat::consumer
