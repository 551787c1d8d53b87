#include "services/realtime/adapters/chat_client.hpp"

namespace loquat::realtime {
namespace {

using contracts::ChatApi;

contracts::Caller caller_of(const Identity& who) {
    contracts::Caller caller;
    caller.user = who.user;
    caller.session = who.session;
    caller.role = who.role;
    caller.username = who.username;
    return caller;
}

}  // namespace

Task<contracts::Subscribable> ChatClient::check_subscription(Identity who, ChatId chat) {
    const contracts::ChatRef request{chat};
    co_return co_await chat_.call<&ChatApi::check_subscription>(caller_of(who), request);
}

Task<contracts::AcceptedMessages> ChatClient::accept_messages(
    Identity who, std::vector<contracts::PostMessageRequest> messages, contracts::AcceptMode mode) {
    contracts::AcceptMessagesRequest request{std::move(messages), mode};
    co_return co_await chat_.call<&ChatApi::accept_messages>(caller_of(who), std::move(request));
}

Task<void> ChatClient::post_typing(Identity who, ChatId chat) {
    const contracts::ChatRef request{chat};
    co_await chat_.call<&ChatApi::post_typing>(caller_of(who), request);
}

Task<void> ChatClient::put_read(Identity who, ChatId chat, std::int64_t seq) {
    const contracts::ReadRequest request{chat, seq};
    co_await chat_.call<&ChatApi::put_read>(caller_of(who), request);
}

Task<contracts::MessagePage> ChatClient::list_after(Identity who, ChatId chat,
                                                    std::int64_t after_seq, std::int32_t limit) {
    contracts::ListMessagesRequest request;
    request.id = chat;
    request.after_seq = after_seq;
    request.limit = limit;
    co_return co_await chat_.call<&ChatApi::list_messages>(caller_of(who), std::move(request));
}

Task<contracts::ChatPlaces> ChatClient::list_places(Identity who) {
    const contracts::Empty request;
    co_return co_await chat_.call<&ChatApi::list_places>(caller_of(who), request);
}

}  // namespace loquat::realtime
