#pragma once
#include "aio/scope.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "services/chat/generations/answer_requests.hpp"

namespace loquat::chat {

// Answers to stored messages that mention the assistant.
class MentionAnswers {
  public:
    struct Parts {
        ConversationCache& cache;
        GenerationStore& store;
        RequestMutex& starts;
        AnswerRequests& requests;
        GenerationMetrics& metrics;
        aio::Scope& scope;
    };

    explicit MentionAnswers(Parts parts) : parts_(parts) {}

    // Returns at once.  The same message may be told again.
    void on_stored(const contracts::StoredEvent& event);

  private:
    Task<bool> was_asked(const contracts::StoredMessage& message);
    Task<void> answer_mention(contracts::StoredMessage message);

    Parts parts_;
    std::size_t running_ = 0;
};

}  // namespace loquat::chat
