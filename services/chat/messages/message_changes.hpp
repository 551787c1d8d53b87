#pragma once
#include "contracts/chat/chat.hpp"
#include "runtime/rights/audit_trail.hpp"
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/cache/people.hpp"
#include "services/chat/config.hpp"
#include "services/chat/messages/mention_resolver.hpp"
#include "services/chat/messages/pending_outcomes.hpp"
#include "services/chat/messages/stored_changes.hpp"
#include "services/chat/metrics.hpp"
#include "store/log/event_log.hpp"

namespace loquat::chat {

// Edits and deletions go through the log like messages, so that they keep their order with them.
class MessageChanges {
  public:
    struct Parts {
        store::EventLog& log;
        store::MessageHistory& messages;
        ConversationCache& cache;
        People& people;
        MentionResolver& mentions;
        PendingOutcomes& outcomes;
        StoredChanges& stored;
        ChatMetrics& metrics;
        runtime::AuditTrail& audit;
        const Clock& clock;
        const ChatConfig& config;
    };

    explicit MessageChanges(Parts parts) : parts_(parts) {}

    Task<contracts::Message> edit_message(contracts::Caller caller,
                                          contracts::EditMessageRequest request);
    Task<contracts::Message> delete_message(contracts::Caller caller,
                                            contracts::MessageRef request);

  private:
    Task<contracts::StoredMessage> get_stored(ChatId chat, MessageId id);
    Task<std::optional<contracts::StoredMessage>> find_done(contracts::MessageRecord record);
    Task<contracts::Message> apply_change(contracts::MessageRecord record, Steady deadline);

    Parts parts_;
};

}  // namespace loquat::chat
