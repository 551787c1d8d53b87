#pragma once
#include <cstddef>
#include <cstdint>

#include "runtime/telemetry/metrics.hpp"

namespace loquat::realtime {

struct Counts {
    std::size_t connections = 0;
    std::size_t rooms = 0;
    std::uint64_t accepted = 0;
    std::uint64_t deliveries = 0;  // batches put into a socket's queue
    std::uint64_t overflows = 0;   // sockets that were too slow
    std::uint64_t errors = 0;      // ERROR frames
};

// What a node has counted, given to the platform now and then.
class RealtimeMetrics {
  public:
    RealtimeMetrics(runtime::Metrics& metrics, const std::string& instance)
        : connections_(metrics.gauge("loquat_realtime_connections", "Open WebSockets.",
                                     {{"instance", instance}})),
          rooms_(metrics.gauge("loquat_realtime_rooms", "Conversations that somebody follows.",
                               {{"instance", instance}})),
          accepted_(metrics.counter("loquat_realtime_accepted_total", "WebSockets opened.")),
          deliveries_(metrics.counter("loquat_realtime_deliveries_total",
                                      "Batches of events put into a socket's queue.")),
          overflows_(metrics.counter("loquat_realtime_overflows_total",
                                     "Sockets whose events were dropped for a resync.")),
          errors_(metrics.counter("loquat_realtime_errors_total", "ERROR frames sent.")) {}

    void update(const Counts& counts) {
        connections_.set(static_cast<std::int64_t>(counts.connections));
        rooms_.set(static_cast<std::int64_t>(counts.rooms));
        accepted_.add(counts.accepted - seen_.accepted);
        deliveries_.add(counts.deliveries - seen_.deliveries);
        overflows_.add(counts.overflows - seen_.overflows);
        errors_.add(counts.errors - seen_.errors);
        seen_ = counts;
    }

  private:
    runtime::Gauge& connections_;
    runtime::Gauge& rooms_;
    runtime::Counter& accepted_;
    runtime::Counter& deliveries_;
    runtime::Counter& overflows_;
    runtime::Counter& errors_;
    Counts seen_;
};

}  // namespace loquat::realtime
