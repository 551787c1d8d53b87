#pragma once
#include "runtime/telemetry/metrics.hpp"

namespace loquat::chat {

struct ChatMetrics {
    explicit ChatMetrics(runtime::Metrics& metrics)
        : accepted(metrics.counter("loquat_chat_messages_accepted_total",
                                   "Messages that became durable.")),
          repeated(metrics.counter("loquat_chat_messages_repeated_total",
                                   "Messages that were answered with an earlier one.")),
          conflicts(metrics.counter("loquat_chat_client_id_conflicts_total",
                                    "Client ids that came again with another text.")),
          late(metrics.counter("loquat_chat_outcomes_late_total",
                               "Durable messages whose number did not come in time.")),
          events_dropped(metrics.counter("loquat_chat_user_events_dropped_total",
                                         "Chat list events that found their queue full.")),
          store_wait(metrics.histogram("loquat_chat_store_wait_seconds",
                                       "From durable to stored, where somebody waits.")),
          rooms_cached(cached(metrics, "rooms")),
          people_cached(cached(metrics, "people")),
          heads_cached(cached(metrics, "heads")),
          repeats_cached(cached(metrics, "repeats")),
          typing_cached(cached(metrics, "typing")) {}

    static runtime::Gauge& cached(runtime::Metrics& metrics, const char* what) {
        return metrics.gauge("loquat_chat_cached", "Entries kept in memory.", {{"what", what}});
    }

    runtime::Counter& accepted;
    runtime::Counter& repeated;
    runtime::Counter& conflicts;
    runtime::Counter& late;
    runtime::Counter& events_dropped;
    runtime::Histogram& store_wait;
    runtime::Gauge& rooms_cached;
    runtime::Gauge& people_cached;
    runtime::Gauge& heads_cached;
    runtime::Gauge& repeats_cached;
    runtime::Gauge& typing_cached;
};

}  // namespace loquat::chat
