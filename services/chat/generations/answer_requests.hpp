#pragma once
#include <optional>
#include <string>

#include "aio/keyed_mutex.hpp"
#include "contracts/generation/generation.hpp"
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/cache/people.hpp"
#include "services/chat/config.hpp"
#include "services/chat/conversations/request_keys.hpp"
#include "services/chat/generations/journal_writer.hpp"
#include "services/chat/generations/lifecycle.hpp"
#include "services/chat/generations/metrics.hpp"
#include "services/chat/generations/open_answers.hpp"
#include "services/chat/generations/quota.hpp"
#include "services/chat/generations/turns.hpp"
#include "services/chat/messages/posting.hpp"

namespace loquat::chat {

// A person's requests are decided one after the other.
using RequestMutex = aio::KeyedMutex<UserId>;

// From a request to an answer that is written or waits.
class AnswerRequests {
  public:
    struct Parts {
        ConversationCache& cache;
        People& people;
        RequestKeys& keys;
        Posting& posting;
        store::MessageHistory& messages;
        GenerationStore& store;
        OpenAnswers& open;
        const Turns& turns;
        RequestMutex& starts;
        Quota& quota;
        JournalWriter& writer;
        Lifecycle& lifecycle;
        GenerationMetrics& metrics;
        const Clock& clock;
        const ChatConfig& config;
    };

    explicit AnswerRequests(Parts parts) : parts_(parts) {}

    Task<contracts::Reply<contracts::StartedGeneration>> start_generation(
        contracts::Caller caller, contracts::StartGenerationRequest request);
    // The client id of a request that was given an Idempotency-Key; none without a key.
    Task<std::optional<std::string>> claim(contracts::Caller caller, std::string operation,
                                           std::uint64_t request_hash);
    // Both with the lock of the person who asks.  `prompt` is the message to answer where it is
    // known already.
    Task<LivePtr> prepare(contracts::Caller caller, ConversationPtr conversation,
                          contracts::StartGenerationRequest request,
                          std::optional<contracts::StoredMessage> prompt = std::nullopt);
    // False when another instance was asked under the same client id meanwhile.
    Task<bool> launch(LivePtr live);

  private:
    Task<std::optional<contracts::Reply<contracts::StartedGeneration>>> find_repeat(
        UserId user, const contracts::StartGenerationRequest& request);
    Task<contracts::StoredMessage> choose_prompt(ChatId chat, bool is_again);
    // `prompt` is the message that was sent with the request.
    Task<contracts::StartedGeneration> describe_start(
        GenerationRecord record, std::optional<contracts::Message> prompt) const;

    Parts parts_;
};

}  // namespace loquat::chat
