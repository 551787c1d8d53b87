#pragma once
#include <array>

#include "runtime/telemetry/metrics.hpp"
#include "services/consumer/ports.hpp"

namespace loquat::consumer {

// Of one partition; 0 where another instance reads it.
inline runtime::Gauge& partition_lag(runtime::Metrics& metrics, const store::Partition& partition) {
    return metrics.gauge(
        "loquat_consumer_partition_lag_records",
        "Records of a partition that are logged but not yet stored by the instance that reads it",
        {{"topic", partition.topic}, {"partition", std::to_string(partition.number)}});
}

inline runtime::Counter& dead_records(runtime::Metrics& metrics,
                                      const store::Partition& partition) {
    return metrics.counter("loquat_consumer_dead_total",
                           "Records that can never be stored and went to the log of the dead",
                           {{"topic", partition.topic}});
}

struct ConsumerMetrics {
    explicit ConsumerMetrics(runtime::Metrics& metrics)
        : registry(metrics),
          lag(metrics.gauge("loquat_consumer_lag_records",
                            "Records that are logged but not yet stored")),
          batch_records(
              metrics.gauge("loquat_consumer_batch_records", "Records in the last batch")),
          batches(metrics.counter("loquat_consumer_batches_total", "Batches stored")),
          failures(metrics.counter("loquat_consumer_failures_total",
                                   "Tries that failed and were repeated")),
          retold(metrics.counter("loquat_consumer_retold_total",
                                 "Records told again after a restart or failure")),
          batch_seconds(metrics.histogram("loquat_consumer_batch_seconds", "Storing one batch")),
          delay_seconds(metrics.histogram("loquat_consumer_delay_seconds", "From sent to stored")),
          outcomes_{&outcome(metrics, "stored"),   &outcome(metrics, "duplicate"),
                    &outcome(metrics, "conflict"), &outcome(metrics, "edited"),
                    &outcome(metrics, "deleted"),  &outcome(metrics, "refused")} {}

    void count(contracts::OutcomeKind kind) {
        outcomes_[static_cast<std::size_t>(kind) - 1]->add();
    }

    runtime::Metrics& registry;
    runtime::Gauge& lag;
    runtime::Gauge& batch_records;
    runtime::Counter& batches;
    runtime::Counter& failures;
    runtime::Counter& retold;
    runtime::Histogram& batch_seconds;
    runtime::Histogram& delay_seconds;

  private:
    static runtime::Counter& outcome(runtime::Metrics& metrics, const char* result) {
        return metrics.counter("loquat_consumer_records_total", "Records applied",
                               {{"outcome", result}});
    }

    std::array<runtime::Counter*, 6> outcomes_;
};

// Of one ledger: `usage` or `audit`.
struct LedgerMetrics {
    LedgerMetrics(runtime::Metrics& metrics, const std::string& ledger)
        : registry(metrics),
          lag(metrics.gauge("loquat_ledger_lag_records",
                            "Records that are logged but not yet in their ledger",
                            {{"ledger", ledger}})),
          failures(metrics.counter("loquat_ledger_failures_total",
                                   "Tries that failed and were repeated", {{"ledger", ledger}})),
          stored_(outcome(metrics, ledger, "stored")),
          repeated_(outcome(metrics, ledger, "repeated")),
          unreadable_(outcome(metrics, ledger, "unreadable")) {}

    void count(const LedgerOutcome& outcome) {
        stored_.add(outcome.stored);
        repeated_.add(outcome.repeated);
        unreadable_.add(outcome.unreadable);
    }

    runtime::Metrics& registry;
    runtime::Gauge& lag;
    runtime::Counter& failures;

  private:
    static runtime::Counter& outcome(runtime::Metrics& metrics, const std::string& ledger,
                                     const char* result) {
        return metrics.counter("loquat_ledger_records_total", "Records read from the log",
                               {{"ledger", ledger}, {"outcome", result}});
    }

    runtime::Counter& stored_;
    runtime::Counter& repeated_;
    runtime::Counter& unreadable_;
};

}  // namespace loquat::consumer
