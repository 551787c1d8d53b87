#pragma once
#include <vector>

#include "services/chat/generations/catalog.hpp"
#include "services/chat/generations/metrics.hpp"
#include "services/chat/generations/pending_usage.hpp"
#include "services/chat/generations/ports.hpp"
#include "store/log/event_log.hpp"

namespace loquat::chat {

// What a process before left, before anything new begins.  Throws as the stores.
class Recovery {
  public:
    struct Parts {
        GenerationStore& store;
        GenerationJournal& journal;
        UsageLedger& ledger;
        store::EventLog& log;
        Catalog& catalog;
        PendingUsage& pending_usage;
        GenerationMetrics& metrics;
        const Clock& clock;
    };

    explicit Recovery(Parts parts) : parts_(parts) {}

    // What is in the log and not in the ledger yet.
    Task<void> count_unrecorded();
    // Ends the answers that have not ended.
    Task<void> recover();
    // The same of those that other instances left; gives those that this one has ended.
    Task<std::vector<GenerationRecord>> end_abandoned(AnswerNodes& nodes);

  private:
    Task<void> price_all(std::vector<GenerationRecord>& records);

    Parts parts_;
};

}  // namespace loquat::chat
