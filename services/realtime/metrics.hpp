#pragma once
#include "runtime/metrics.hpp"
#include "services/realtime/node.hpp"

namespace loquat::realtime {

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
