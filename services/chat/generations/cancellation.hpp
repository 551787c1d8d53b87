#pragma once
#include "runtime/rights/audit_trail.hpp"
#include "services/chat/generations/answer_reader.hpp"
#include "services/chat/generations/lifecycle.hpp"

namespace loquat::chat {

// Answers that somebody stops: who asked for them, and the conversation's admins.
class Cancellation {
  public:
    struct Parts {
        ConversationCache& cache;
        const LiveSet& lives;
        AnswerReader& reader;
        Lifecycle& lifecycle;
        Elsewhere& elsewhere;
        runtime::AuditTrail& audit;
    };

    explicit Cancellation(Parts parts) : parts_(parts) {}

    // Returns when the end is durable, or at the caller's deadline.
    Task<contracts::CanceledGeneration> cancel_generation(contracts::Caller caller,
                                                          contracts::GenerationRef request);

  private:
    Parts parts_;
};

}  // namespace loquat::chat
