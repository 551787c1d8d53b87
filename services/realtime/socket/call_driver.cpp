#include "services/realtime/socket/call_driver.hpp"

#include "base/log.hpp"
#include "runtime/front/problem.hpp"

namespace loquat::realtime {
namespace {

// Cancellation goes on its way: the node is closing.
Failure failure_of(std::exception_ptr error) {
    if (aio::is_cancellation(error)) {
        std::rethrow_exception(error);
    }
    Failure failure = runtime::to_failure(error);
    if (failure.kind == Kind::internal) {
        log_error({.service = "realtime"}, "a frame could not be handled",
                  {{"error", aio::describe(error)}});
    }
    return failure;
}

}  // namespace

Task<void> CallDriver::run(Session& session) {
    std::optional<Call> call = session.next_call();
    while (call) {
        CallAnswer answer;
        std::exception_ptr error;
        try {
            answer = co_await perform(std::move(*call));
        } catch (...) {
            error = std::current_exception();
        }
        if (error) {
            session.on_failed(failure_of(error));
        } else {
            session.on_answer(std::move(answer));
        }
        call = session.next_call();
    }
}

Task<CallAnswer> CallDriver::perform(Call call) {
    if (auto* verify = std::get_if<VerifyToken>(&call)) {
        co_return co_await edge_.tokens.verify(std::move(verify->token));
    }
    if (auto* accept = std::get_if<AcceptMessages>(&call)) {
        co_return co_await edge_.chat.accept_messages(std::move(accept->who),
                                                      std::move(accept->messages), accept->mode);
    }
    if (auto* check = std::get_if<CheckSubscription>(&call)) {
        co_await rooms_.settle(check->chat);
        co_return co_await edge_.chat.check_subscription(std::move(check->who), check->chat);
    }
    if (auto* typing = std::get_if<PostTyping>(&call)) {
        co_await edge_.chat.post_typing(std::move(typing->who), typing->chat);
    } else if (auto* read = std::get_if<PutRead>(&call)) {
        co_await edge_.chat.put_read(std::move(read->who), read->chat, read->seq);
    } else if (auto* follow = std::get_if<FollowQueue>(&call)) {
        co_await people_.follow(std::move(follow->who), follow->feed);
    }
    co_return CallAnswer{};
}

}  // namespace loquat::realtime
