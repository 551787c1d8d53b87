#pragma once
#include "runtime/rights/standing_rights.hpp"
#include "services/chat/conversations/conversations.hpp"
#include "services/chat/generations/answer_requests.hpp"
#include "services/chat/generations/elsewhere.hpp"

namespace loquat::chat {

// One call that says something and waits for the whole answer.
class SendCall {
  public:
    struct Parts {
        ConversationCache& cache;
        People& people;
        Conversations& conversations;
        RequestKeys& keys;
        store::MessageHistory& messages;
        GenerationStore& store;
        OpenAnswers& open;
        const Turns& turns;
        RequestMutex& starts;
        Quota& quota;
        AnswerRequests& requests;
        Elsewhere& elsewhere;
        runtime::StandingRights& rights;
        const ChatConfig& config;
    };

    explicit SendCall(Parts parts) : parts_(parts) {}

    Task<contracts::SentChat> send_chat(contracts::Caller caller,
                                        contracts::SendChatRequest request);

  private:
    Task<ChatId> choose_chat(contracts::Caller caller, const contracts::SendChatRequest& request);
    Task<contracts::SentChat> wait_for_reply(GenerationId id, UserId reader,
                                             contracts::Message message, Steady deadline);

    Parts parts_;
};

}  // namespace loquat::chat
