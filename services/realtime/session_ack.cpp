#include "base/text.hpp"
#include "services/realtime/connection.hpp"
#include "services/realtime/node.hpp"
#include "services/realtime/session.hpp"

// ACK and NACK.  Messages live in the store and are never sent again by themselves, so both mean
// "done with it"; what they rule is how many may be on their way to a client at once.

namespace loquat::realtime {

using net::stomp::Version;

namespace {

Failure unknown_message() {
    return Failure{Kind::not_found, "stomp.unknown_ack", "No such message awaits this."};
}

// True when `number` was waiting.  `client` is cumulative: everything before it is done as well.
bool take_unacked(Subscription& subscription, std::uint64_t number) {
    auto* waiting = subscription.unacked.get();
    if (waiting == nullptr) {
        return false;
    }
    const auto found = std::find(waiting->begin(), waiting->end(), number);
    if (found == waiting->end()) {
        return false;
    }
    const bool cumulative = subscription.address().ack == AckMode::client;
    waiting->erase(cumulative ? waiting->begin() : found, found + 1);
    if (waiting->empty()) {
        subscription.unacked.reset();
    }
    return true;
}

}  // namespace

// 1.2 names the `ack` header's value in `id`; 1.1 gives message-id and subscription, 1.0 only
// message-id.
Subscription* Session::find_acknowledged(const Frame& frame, std::uint64_t& number) {
    if (connection_.shape().version == Version::v1_2) {
        const auto id = FrameMaker::parse_ack(frame.get_or_empty("id"));
        if (!id) {
            return nullptr;
        }
        number = id->number;
        for (const auto& subscription : subscriptions_) {
            if (subscription->address().serial == id->serial) {
                return subscription.get();
            }
        }
        return nullptr;
    }
    const auto message = parse_number(frame.get_or_empty("message-id"));
    if (!message) {
        return nullptr;
    }
    number = *message;
    if (const auto id = frame.find("subscription")) {
        const auto index = find_subscription(*id);
        return index ? subscriptions_[*index].get() : nullptr;
    }
    for (const auto& subscription : subscriptions_) {
        const auto* waiting = subscription->unacked.get();
        if (waiting != nullptr &&
            std::find(waiting->begin(), waiting->end(), number) != waiting->end()) {
            return subscription.get();
        }
    }
    return nullptr;
}

void Session::acknowledge(const Frame& frame) {
    std::uint64_t number = 0;
    Subscription* subscription = find_acknowledged(frame, number);
    if (subscription == nullptr) {
        throw unknown_message();
    }
    if (subscription->address().ack == AckMode::automatic) {
        return;  // some clients acknowledge whatever they get
    }
    if (!take_unacked(*subscription, number)) {
        throw unknown_message();
    }
    if (subscription->state == FollowState::lagging && connection_.is_drained()) {
        resume(*subscription);
    }
}

}  // namespace loquat::realtime
