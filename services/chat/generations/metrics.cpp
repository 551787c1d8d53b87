#include "services/chat/generations/metrics.hpp"

namespace loquat::chat {
namespace {

runtime::Counter& ended(runtime::Metrics& metrics, const char* state) {
    return metrics.counter("loquat_generations_total", "Answers that have ended, by how.",
                           {{"state", state}});
}

}  // namespace

GenerationMetrics::GenerationMetrics(runtime::Metrics& metrics)
    : succeeded(ended(metrics, "succeeded")),
      failed(ended(metrics, "failed")),
      canceled(ended(metrics, "canceled")),
      interrupted(metrics.counter("loquat_generations_interrupted_total",
                                  "Answers that the end of a process interrupted.")),
      refused(metrics.counter("loquat_generations_refused_total",
                              "Requests for an answer that found the person's line full.")),
      mentions_dropped(metrics.counter("loquat_generation_mentions_dropped_total",
                                       "Mentions of the assistant that got no answer.")),
      journal_failures(metrics.counter("loquat_generation_journal_failures_total",
                                       "Batches of events that could not be written down.")),
      live(metrics.gauge("loquat_generations_live", "Answers that are written or wait.")),
      logs_cached(
          metrics.gauge("loquat_chat_cached", "Entries kept in memory.", {{"what", "streams"}})),
      first_delta(metrics.histogram("loquat_generation_first_delta_seconds",
                                    "From the start of an answer to its first text.")),
      whole(metrics.histogram("loquat_generation_seconds",
                              "From the start of an answer to its end.")),
      flush(metrics.histogram("loquat_generation_journal_seconds",
                              "Writing down a batch of events.")) {}

void GenerationMetrics::count(GenerationState state) {
    switch (state) {
        case GenerationState::succeeded:
            succeeded.add();
            break;
        case GenerationState::failed:
            failed.add();
            break;
        case GenerationState::canceled:
            canceled.add();
            break;
        case GenerationState::queued:
        case GenerationState::streaming:
            break;
    }
}

}  // namespace loquat::chat
