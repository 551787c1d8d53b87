#pragma once
#include <vector>

#include "services/chat/generations/pending_usage.hpp"
#include "services/chat/generations/ports.hpp"
#include "services/chat/messages/pending_outcomes.hpp"
#include "store/log/event_log.hpp"

namespace loquat::chat {

// What follows from an answer that has ended goes into the log: the text as an ordinary message,
// and the use of the model.  Both may be repeated.
class OutboxRelay {
  public:
    OutboxRelay(store::EventLog& log, GenerationStore& store, PendingUsage& pending_usage)
        : log_(log), store_(store), pending_usage_(pending_usage) {}

    // Returns when all is durable.  Throws as the log and the store; settle again then.
    Task<void> settle(std::vector<GenerationRecord> records);
    // The same for one, whose message's outcome `ticket` waits for.
    Task<void> settle(GenerationRecord record, PendingOutcomes& outcomes,
                      PendingOutcomes::Ticket& ticket);
    // All that a process before left.
    Task<void> settle_left();

  private:
    Task<void> append_usages(std::vector<contracts::UsageRecord> usages);
    Task<void> append(std::vector<GenerationRecord> records,
                      std::vector<store::KeyedPayload> messages);

    store::EventLog& log_;
    GenerationStore& store_;
    PendingUsage& pending_usage_;
};

// None of an answer that used nothing.
std::optional<contracts::UsageRecord> usage_of(const GenerationRecord& record);

contracts::MessageRecord message_of(const GenerationRecord& record);

}  // namespace loquat::chat
