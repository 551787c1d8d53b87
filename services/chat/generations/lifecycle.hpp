#pragma once
#include "aio/scope.hpp"
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/generations/journal_writer.hpp"
#include "services/chat/generations/open_answers.hpp"
#include "services/chat/generations/quota.hpp"
#include "services/chat/generations/runner.hpp"
#include "services/chat/generations/settlement.hpp"
#include "services/chat/generations/stream_archive.hpp"
#include "services/chat/generations/titles.hpp"

namespace loquat::chat {

// From an answer's turn to its end.
class Lifecycle {
  public:
    struct Parts {
        ConversationCache& cache;
        GenerationStore& store;
        OpenAnswers& open;
        Quota& quota;
        Runner& runner;
        JournalWriter& writer;
        Settlement& settlement;
        StreamArchive& archive;
        PendingUsage& pending_usage;
        GenerationPublisher& publisher;
        Titles& titles;
        GenerationMetrics& metrics;
        const Clock& clock;
        aio::Loop& loop;
        aio::Scope& scope;
    };

    explicit Lifecycle(Parts parts) : parts_(parts) {}

    // It has its turn.  Returns at once.
    void begin(LivePtr live) { parts_.scope.start(run(std::move(live))); }
    // Ends it before its time; false when its end was decided already.
    bool end_early(const LivePtr& live, Ending ending);
    // The person's next one has its turn.
    void pass_on(Live& live);

    void on_chat_deleted(const ChatId& chat);
    void on_member_gone(const ChatId& chat, const UserId& user);
    void on_assistant_off(const ChatId& chat);

  private:
    Task<void> run(LivePtr live);
    // Asks again for the right to ask: throws what asking now would.
    Task<void> check_turn(LivePtr live);
    Task<std::optional<Time>> take_turn(LivePtr live);
    Task<Ending> produce(LivePtr live);
    Task<void> price(LivePtr live);
    Task<void> finish(LivePtr live);
    Task<bool> make_durable(LivePtr live);
    void tell_positions(const UserId& user);
    GenerationRecord end_of(const Live& live) const;

    Parts parts_;
};

}  // namespace loquat::chat
