#include "base/text.hpp"
#include "services/realtime/stomp/session.hpp"

// ACK and NACK.  Messages live in the store and are never sent again by themselves, so both mean
// "done with it"; what they rule is how many may be on their way to a client at once.  Whatever was
// sent may be acknowledged, also again, and also when its subscription has ended meanwhile.

namespace loquat::realtime {

using net::stomp::Version;

namespace {

Failure unknown_message() {
    return Failure{Kind::not_found, "stomp.unknown_ack", "No such message was sent here."};
}

bool was_given(const StompSubscription& subscription, std::uint64_t number) {
    return subscription.first_given <= number && number <= subscription.last_given;
}

// `client` is cumulative: everything before it is done as well.
void take_unacked(StompSubscription& subscription, std::uint64_t number) {
    auto* waiting = subscription.unacked.get();
    if (waiting == nullptr) {
        return;
    }
    const auto found = std::ranges::find(*waiting, number);
    if (subscription.address().ack == AckMode::client) {
        const auto later =
            std::ranges::find_if(*waiting, [&](std::uint64_t one) { return one > number; });
        waiting->erase(waiting->begin(), found == waiting->end() ? later : found + 1);
    } else if (found != waiting->end()) {
        waiting->erase(found);
    }
    if (waiting->empty()) {
        subscription.unacked.reset();
    }
}

std::string_view get_header(const net::stomp::Frame& frame, const char* name, const char* what) {
    const auto value = frame.find(name);
    if (!value) {
        throw Failure{Kind::malformed, "stomp.missing_header", what};
    }
    return *value;
}

}  // namespace

// 1.2 names the `ack` header's value in `id`; 1.1 gives message-id and subscription, 1.0 only
// message-id.
Session::Acknowledged Session::read_acknowledged(const Frame& frame) const {
    Acknowledged what;
    if (wire_.shape().version == Version::v1_2) {
        const auto id = FrameMaker::parse_ack(
            get_header(frame, "id",
                       "In STOMP 1.2 ACK and NACK need the header id: the message's header ack."));
        if (!id) {
            throw unknown_message();
        }
        what.serial = id->serial;
        what.number = id->number;
        return what;
    }
    const auto number = parse_number(get_header(
        frame, "message-id", "In STOMP 1.0 and 1.1 ACK and NACK need the header message-id."));
    if (!number) {
        throw unknown_message();
    }
    what.subscription = frame.get_or_empty("subscription");
    what.number = *number;
    return what;
}

StompSubscription* Session::find_acknowledged(const Acknowledged& what) const {
    StompSubscription* automatic = nullptr;
    for (const auto& subscription : subscriptions_) {
        const Address& address = subscription->address();
        const bool is_named = what.serial
                                  ? address.serial == *what.serial
                                  : what.subscription.empty() || address.id == what.subscription;
        if (is_named && was_given(*subscription, what.number)) {
            return subscription.get();
        }
        if (is_named && address.ack == AckMode::automatic) {
            automatic = subscription.get();  // some clients acknowledge whatever they get
        }
    }
    return automatic;
}

void Session::check_acknowledged(const Frame& frame) const {
    const Acknowledged what = read_acknowledged(frame);
    const bool is_of_ended =
        ended_subscriptions_ &&
        (what.serial ? ended_subscriptions_->has_sent(*what.serial, what.number)
                     : ended_subscriptions_->has_sent(what.subscription, what.number));
    if (!is_of_ended && find_acknowledged(what) == nullptr) {
        throw unknown_message();
    }
}

void Session::acknowledge(const Frame& frame) {
    check_acknowledged(frame);
    const Acknowledged what = read_acknowledged(frame);
    if (StompSubscription* subscription = find_acknowledged(what)) {
        take_unacked(*subscription, what.number);
        check_window(*subscription);
    }
}

}  // namespace loquat::realtime
