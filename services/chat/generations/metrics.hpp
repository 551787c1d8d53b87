#pragma once
#include "runtime/telemetry/metrics.hpp"
#include "services/chat/domain/generation.hpp"

namespace loquat::chat {

struct GenerationMetrics {
    explicit GenerationMetrics(runtime::Metrics& metrics);

    void count(GenerationState ended);

    runtime::Counter& succeeded;
    runtime::Counter& failed;
    runtime::Counter& canceled;
    runtime::Counter& interrupted;
    runtime::Counter& refused;
    runtime::Counter& mentions_dropped;
    runtime::Counter& journal_failures;
    runtime::Gauge& live;
    runtime::Gauge& logs_cached;
    runtime::Histogram& first_delta;
    runtime::Histogram& whole;
    runtime::Histogram& flush;
};

}  // namespace loquat::chat
