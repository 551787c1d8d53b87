#pragma once
#include "aio/scope.hpp"
#include "contracts/generation/generation.hpp"
#include "runtime/rights/audit_trail.hpp"
#include "services/chat/config.hpp"
#include "services/chat/conversations/conversation_events.hpp"
#include "services/chat/generations/answer_reader.hpp"
#include "services/chat/generations/answer_requests.hpp"
#include "services/chat/generations/cancellation.hpp"
#include "services/chat/generations/context_builder.hpp"
#include "services/chat/generations/conversation_parts.hpp"
#include "services/chat/generations/journal_writer.hpp"
#include "services/chat/generations/lifecycle.hpp"
#include "services/chat/generations/mention_answers.hpp"
#include "services/chat/generations/node_lease.hpp"
#include "services/chat/generations/open_answers.hpp"
#include "services/chat/generations/outbox_relay.hpp"
#include "services/chat/generations/quota.hpp"
#include "services/chat/generations/recovery.hpp"
#include "services/chat/generations/runner.hpp"
#include "services/chat/generations/send_call.hpp"
#include "services/chat/generations/settlement.hpp"
#include "services/chat/generations/stream_archive.hpp"
#include "services/chat/generations/titles.hpp"

namespace loquat::chat {

// Answers of assistants, on the loop of the conversations.  An answer is written whether or not
// anybody reads along; it ends once, and what a reader was shown survives the process.  Failures as
// contracts/generation/generation.hpp says.  Puts the classes of this room together.
class Generations final : public contracts::GenerationApi, private ConversationListener {
  public:
    struct Ports {
        ConversationParts chat;
        OpenAnswers& open;
        GenerationStore& store;
        GenerationJournal& journal;
        ModelPort& models;
        UsageLedger& ledger;
        store::EventLog& log;
        store::MessageHistory& messages;
        store::Broadcast& broadcast;
        const Clock& clock;
        aio::Loop& loop;
        GenerationMetrics& metrics;
        runtime::AuditTrail& audit;
        runtime::StandingRights& rights;
        AnswerNodes* nodes = nullptr;  // where other instances write answers too
    };

    Generations(Ports ports, const ChatConfig& config);

    // Other values of what is `live`: they hold for what begins after this.
    void take_config(const ChatConfig& fresh) {
        config_ = fresh;
        quota_.set_tokens_per_day_max(fresh.tokens_per_day_max);
    }

    // Before the first call: ends what a process before left, then listens.  Throws as the stores.
    Task<void> start();
    // Interrupts what runs and waits.  What has not ended by `deadline` is left to the next start.
    Task<void> stop(Steady deadline);

    Task<contracts::Reply<contracts::StartedGeneration>> start_generation(
        contracts::Caller caller, contracts::StartGenerationRequest request) override;
    Task<contracts::Page<contracts::Generation>> list_generations(
        contracts::Caller caller, contracts::ListGenerationsRequest request) override;
    Task<contracts::Generation> get_generation(contracts::Caller caller,
                                               contracts::GenerationRef request) override;
    Task<contracts::FeedPtr<contracts::EventText>> stream_generation(
        contracts::Caller caller, contracts::StreamGenerationRequest request) override;
    Task<contracts::CanceledGeneration> cancel_generation(
        contracts::Caller caller, contracts::GenerationRef request) override;
    Task<contracts::SentChat> send_chat(contracts::Caller caller,
                                        contracts::SendChatRequest request) override;

  private:
    void on_chat_deleted(const ChatId& chat) override;
    void on_member_gone(const ChatId& chat, const UserId& user) override;
    void on_assistant_off(const ChatId& chat) override;
    void on_stored(const contracts::StoredEvent& event) override;

    Ports ports_;
    ChatConfig config_;
    aio::Scope scope_;
    PendingOutcomes outcomes_;
    RequestMutex starts_;
    StreamArchive archive_;
    Elsewhere elsewhere_;
    Turns turns_;
    GenerationPublisher publisher_;
    JournalWriter writer_;
    ContextBuilder context_;
    Runner runner_;
    PendingUsage pending_usage_;
    OutboxRelay outbox_;
    Titles titles_;
    Quota quota_;
    Settlement settlement_;
    Lifecycle lifecycle_;
    AnswerRequests requests_;
    AnswerReader reader_;
    Cancellation cancellation_;
    SendCall send_call_;
    MentionAnswers mentions_;
    Recovery recovery_;
    NodeLease lease_;
};

}  // namespace loquat::chat
