#pragma once
#include <string>
#include <vector>

#include "contracts/chat/chat.hpp"
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/cache/dedup_cache.hpp"
#include "services/chat/cache/people.hpp"
#include "services/chat/config.hpp"
#include "services/chat/conversations/conversation_book.hpp"
#include "services/chat/messages/mention_resolver.hpp"
#include "services/chat/messages/pending_outcomes.hpp"
#include "services/chat/messages/stored_changes.hpp"
#include "services/chat/metrics.hpp"
#include "store/log/event_log.hpp"

namespace loquat::chat {

// Takes new messages: into the log, and for who waits as the store has them.
class Posting {
  public:
    struct Parts {
        store::EventLog& log;
        store::MessageHistory& messages;
        ConversationCache& cache;
        const ConversationBook& book;
        People& people;
        MentionResolver& mentions;
        PendingOutcomes& outcomes;
        StoredChanges& stored;
        ChatMetrics& metrics;
        const Clock& clock;
        const ChatConfig& config;
    };

    explicit Posting(Parts parts);

    Task<contracts::Reply<contracts::Message>> post_message(contracts::Caller caller,
                                                            contracts::PostMessageRequest request);
    Task<contracts::AcceptedMessages> accept_messages(contracts::Caller caller,
                                                      contracts::AcceptMessagesRequest request);
    Task<contracts::ImportedMessages> import_messages(contracts::Caller caller,
                                                      contracts::ImportMessagesRequest request);
    Task<contracts::Accepted> accept_message(contracts::Caller caller,
                                             contracts::PostMessageRequest request);

    std::size_t repeats_cached() const { return repeats_.size(); }

  private:
    // A message ready to be appended, or known to be durable already.
    struct Draft {
        contracts::MessageRecord record;
        DedupKey repeat_key;
        std::uint64_t text_hash = 0;
        bool is_durable = false;
    };
    // Who says whether a client id was used before: the consumer tells who waits for the outcome;
    // for who is answered once it is durable it must be known before.
    enum class KnowsRepeats : std::uint8_t { consumer, here };

    Task<Draft> make_draft(const contracts::Caller& caller, contracts::PostMessageRequest request,
                           KnowsRepeats knows);
    Task<void> check_reply(ChatId chat, MessageId reply_to);
    Task<void> recall_repeat(const Draft& draft);
    bool is_remembered_whole(const ChatId& chat);
    Task<void> append_draft(Draft& draft);
    Task<void> append_drafts(std::vector<Draft>& drafts, contracts::AcceptMode mode);
    Task<contracts::Reply<contracts::Message>> wait_for_message(PendingOutcomes::Ticket& ticket,
                                                                Draft draft, Steady deadline);
    Task<std::optional<contracts::Outcome>> find_outcome(PendingOutcomes::Ticket& ticket,
                                                         const contracts::MessageRecord& record,
                                                         Steady deadline);

    Parts parts_;
    DedupCache repeats_;
    Time began_at_;
};

}  // namespace loquat::chat
