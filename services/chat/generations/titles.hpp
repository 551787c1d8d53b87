#pragma once
#include <unordered_set>

#include "aio/scope.hpp"
#include "base/clock.hpp"
#include "services/chat/conversations/naming.hpp"
#include "services/chat/domain/generation.hpp"
#include "services/chat/generations/catalog.hpp"
#include "services/chat/generations/pending_usage.hpp"
#include "services/chat/generations/ports.hpp"

namespace loquat::chat {

// Gives conversations with an assistant a title after their first answer.  In the background: it
// delays nothing, and when it fails the next answer is the next chance.  A call that failed is not
// the person's: only a title that was made is recorded.
class Titles {
  public:
    struct Parts {
        Naming& naming;
        ModelPort& models;
        store::MessageHistory& messages;
        store::EventLog& log;
        const Clock& clock;
        aio::Scope& scope;
        Catalog& catalog;
        PendingUsage& pending_usage;
    };

    explicit Titles(Parts parts) : parts_(parts) {}

    // After each answer; does nothing where there is a title.  `trace_parent`: of who asked.
    void consider(const GenerationRecord& record, const std::string& trace_parent);

  private:
    // What a model made of it and used for it; `used` as far as the ledger wants to know it.
    struct Draft {
        std::string text;
        contracts::UsageRecord used;
    };

    // The answer that a title is made of.
    struct Answer {
        GenerationRecord record;
        std::string trace_parent;
    };

    Task<void> run(Answer answer);
    Task<void> make_title(Answer answer);
    Task<Draft> ask(const Answer& answer, std::string question);
    // Throws what the model failed with.  True when it is done.
    static bool take(const contracts::ModelEvent& event, Draft& draft);

    Parts parts_;
    std::unordered_set<ChatId> running_;
};

}  // namespace loquat::chat
