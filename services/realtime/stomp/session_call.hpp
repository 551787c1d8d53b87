#pragma once
#include <string>
#include <variant>
#include <vector>

#include "services/realtime/domain/destination.hpp"
#include "services/realtime/ports.hpp"

// What a session asks of other services: one thing at a time, each with one answer.

namespace loquat::realtime {

struct VerifyToken {
    std::string token;
};
struct CheckSubscription {
    Identity who;
    ChatId chat;
};
struct AcceptMessages {
    Identity who;
    std::vector<contracts::PostMessageRequest> messages;
    contracts::AcceptMode mode = contracts::AcceptMode::up_to_refused;
};
struct PostTyping {
    Identity who;
    ChatId chat;
};
struct PutRead {
    Identity who;
    ChatId chat;
    std::int64_t seq = 0;
};
// Returns when the person's queue is in force.
struct FollowQueue {
    Identity who;
    Feed feed = Feed::chats;
};
using Call =
    std::variant<VerifyToken, CheckSubscription, AcceptMessages, PostTyping, PutRead, FollowQueue>;

// Of VerifyToken, CheckSubscription and AcceptMessages; nothing of the others.
using CallAnswer =
    std::variant<std::monostate, Identity, contracts::Subscribable, contracts::AcceptedMessages>;

}  // namespace loquat::realtime
