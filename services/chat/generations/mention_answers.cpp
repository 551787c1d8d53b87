#include "services/chat/generations/mention_answers.hpp"

#include "base/log.hpp"
#include "services/chat/domain/assistant.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t running_max = 1'000;

}  // namespace

void MentionAnswers::on_stored(const contracts::StoredEvent& event) {
    const contracts::StoredMessage& message = event.message;
    if (event.kind != contracts::OutcomeKind::stored ||
        message.sender.kind != contracts::ParticipantKind::person ||
        !mentions_assistant(message.text)) {
        return;
    }
    if (running_ >= running_max) {
        parts_.metrics.mentions_dropped.add();
        return;
    }
    ++running_;
    parts_.scope.start(answer_mention(message));
}

// The same message may be told again; one that was sent to ask for an answer has got one.
Task<bool> MentionAnswers::was_asked(const contracts::StoredMessage& message) {
    const UserId user = message.sender.id;
    if (co_await parts_.store.find_by_client_id(user, message.chat, message.client_id)) {
        co_return true;
    }
    const auto again = co_await parts_.store.find_by_client_id(user, message.chat,
                                                               "mention:" + message.id.to_string());
    co_return again.has_value();
}

Task<void> MentionAnswers::answer_mention(contracts::StoredMessage message) {
    struct Running {
        std::size_t& count;
        ~Running() { --count; }
    };
    const Running running{running_};
    const UserId user = message.sender.id;
    std::exception_ptr error;
    try {
        const auto lock = co_await parts_.starts.lock(user);
        const ConversationPtr conversation =
            co_await parts_.cache.get(message.chat, user, Action::send);
        const bool is_known = co_await was_asked(message);
        if (is_known || conversation->chat.kind == ChatKind::assistant) {
            co_return;
        }
        contracts::Caller caller;
        caller.user = user;
        caller.username = message.sender.username;
        contracts::StartGenerationRequest request;
        request.id = message.chat;
        request.client_id = "mention:" + message.id.to_string();
        const LivePtr live = co_await parts_.requests.prepare(std::move(caller), conversation,
                                                              std::move(request), message);
        co_await parts_.requests.launch(live);  // or another instance has
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        parts_.metrics.mentions_dropped.add();
        const std::string what = aio::describe(error);
        log_info({.service = "chat"}, "a mention of the assistant is not answered",
                 {{"error", what}, {"message_id", message.id.to_string()}});
    }
}

}  // namespace loquat::chat
