#pragma once
#include <utility>
#include <vector>

#include "services/consumer/metrics.hpp"
#include "services/consumer/topic_loop.hpp"
#include "store/ledger/ledger.hpp"

namespace loquat::consumer {

// Usage or audit records: log to store, each once.
template <class Record>
class LedgerLoop final : public TopicLoop {
  public:
    struct Parts {
        store::EventLog& log;
        store::Ledger<Record>& ledger;
        const Clock& clock;
        LedgerMetrics& metrics;
        store::TopicTroubles& troubles;
    };
    using Decode = std::optional<Record> (*)(std::string_view);

    LedgerLoop(Parts parts, std::string_view topic, Decode decode, const Config& config)
        : TopicLoop({parts.log, parts.clock, parts.metrics.failures, parts.troubles}, topic,
                    config),
          parts_(parts),
          decode_(decode) {}

    Task<void> check_place() override {
        const store::LedgerPosition stored = co_await parts_.ledger.position();
        co_await place_of(stored.applied, stored.log);
    }

    Task<std::size_t> drain_once() override {
        if (!position_) {
            const store::LedgerPosition stored = co_await parts_.ledger.position();
            position_ = co_await place_of(stored.applied, stored.log);
        }
        const store::Offset after = *position_;
        const auto found = co_await read_next();
        if (found.empty()) {
            parts_.metrics.lag.set(0);
            co_return 0;
        }
        // Until the store has answered it is not known whether it moved.
        position_.reset();
        store::LedgerBatch<Record> batch{after, found.back()->offset, decode_all(found),
                                         parts_.log.identity()};
        const store::LedgerOutcome outcome = co_await parts_.ledger.apply_batch(std::move(batch));
        parts_.metrics.count(outcome);
        position_ = found.back()->offset;
        const store::LogEnds ends = co_await parts_.log.ends(topic());
        parts_.metrics.lag.set(static_cast<std::int64_t>(ends.last - *position_));
        co_return found.size();
    }

  private:
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

    Task<store::Offset> secure() override { co_return co_await parts_.ledger.secure(); }

    Parts parts_;
    Decode decode_;
};

}  // namespace loquat::consumer
