#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "aio/scope.hpp"
#include "base/version.hpp"
#include "contracts/generation/generation.hpp"
#include "runtime/audit_trail.hpp"
#include "services/chat/cache/rooms.hpp"
#include "services/chat/config.hpp"
#include "services/chat/conversations/conversation_events.hpp"
#include "services/chat/generations/context_builder.hpp"
#include "services/chat/generations/conversation_parts.hpp"
#include "services/chat/generations/journal_writer.hpp"
#include "services/chat/generations/metrics.hpp"
#include "services/chat/generations/open_answers.hpp"
#include "services/chat/generations/ports.hpp"
#include "services/chat/generations/runner.hpp"
#include "services/chat/generations/settler.hpp"
#include "services/chat/generations/titles.hpp"

namespace loquat::chat {

// Answers of assistants, on the loop of the conversations.  An answer is written whether or not
// anybody reads along; it ends once, and what a reader was shown survives the process.  Failures as
// contracts/generation/generation.hpp says. asking.cpp, living.cpp, following.cpp, sending.cpp and
// recovering.cpp each hold a part.
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
        store::MessageStore& messages;
        store::Broadcast& broadcast;
        const Clock& clock;
        aio::Loop& loop;
        GenerationMetrics& metrics;
        runtime::AuditTrail& audit;
        runtime::StandingRights& rights;
    };

    Generations(Ports ports, const ChatConfig& config);

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

    // asking.cpp
    Task<std::optional<std::string>> claim(contracts::Caller caller, std::string operation,
                                           std::uint64_t request_hash);
    Task<std::optional<contracts::Reply<contracts::StartedGeneration>>> find_repeat(
        UserId user, const contracts::StartGenerationRequest& request);
    // `prompt` is the message to answer where it is known already.
    Task<LivePtr> prepare(contracts::Caller caller, RoomPtr room,
                          contracts::StartGenerationRequest request,
                          std::optional<contracts::StoredMessage> prompt = std::nullopt);
    Task<void> check_quota(UserId user);
    Task<contracts::StoredMessage> choose_prompt(ChatId chat, bool is_again);
    Task<void> launch(LivePtr live);
    // `prompt` is the message that was sent with the request.
    contracts::StartedGeneration describe_start(const GenerationRecord& record,
                                                std::optional<contracts::Message> prompt) const;

    // living.cpp
    Task<void> run(LivePtr live);
    // Asks again for the right to ask: throws what asking now would.
    Task<void> check_turn(LivePtr live);
    Task<Ending> produce(LivePtr live);
    Task<void> price(LivePtr live);
    Task<void> finish(LivePtr live);
    Task<bool> make_durable(LivePtr live);
    // Ends it before its time; false when its end was decided already.
    bool end_early(const LivePtr& live, Ending ending);
    Task<void> settle(LivePtr live);
    void pass_on(Live& live);
    void tell_positions(const UserId& user);
    GenerationRecord end_of(const Live& live) const;

    // following.cpp
    struct Readable {
        GenerationRecord record;
        runtime::StandingRightPtr right;
    };
    // `on_end` as StandingRights says.
    Task<Readable> get_readable(UserId user, std::string id,
                                runtime::StandingRights::OnEnd on_end = {});
    Task<StreamLogPtr> get_log(GenerationRecord record);
    // As it may be shown: the text of a deleted message is gone here too.
    Task<std::optional<GenerationRecord>> find_shown(GenerationId id);
    void withdraw_log(const GenerationId& id);
    Task<void> hide_deleted(GenerationRecord& record);
    contracts::Generation view(const GenerationRecord& record) const;

    // sending.cpp
    Task<ChatId> choose_chat(contracts::Caller caller, const contracts::SendChatRequest& request);
    Task<contracts::SentChat> wait_for_reply(GenerationId id, UserId reader,
                                             contracts::Message message, Steady deadline);

    // recovering.cpp
    Task<void> recover();
    Task<void> price_all(std::vector<GenerationRecord>& records);
    Task<void> count_unrecorded();
    Task<void> forget_recorded();
    Task<void> keep_settling();
    Task<void> erase_text(GenerationId id);
    Task<void> answer_mention(contracts::StoredMessage message);
    Task<bool> was_asked(const contracts::StoredMessage& message);

    Ports ports_;
    ChatConfig config_;
    aio::Scope scope_;
    Outcomes outcomes_;
    aio::KeyedMutex<UserId> starts_;  // a person's requests are decided one after the other
    LruCache<GenerationId, StreamLogPtr> ended_logs_;
    Teller teller_;
    JournalWriter writer_;
    ContextBuilder context_;
    Runner runner_;
    Spent spent_;
    Settler settler_;
    Titles titles_;
    std::size_t mentions_running_ = 0;
    Version erasures_;  // of texts of deleted answers
    bool has_unsettled_ = true;
    bool is_stopping_ = false;
};

}  // namespace loquat::chat
