#include "services/realtime/stomp/session.hpp"

namespace loquat::realtime {

namespace stomp = net::stomp;
using stomp::Command;

namespace {

// A compressed message may hold far more frames than its bytes promise.
constexpr std::size_t inbox_overrun_factor = 8;

Failure not_connected() {
    return Failure{Kind::unauthenticated, "stomp.not_connected", "Send CONNECT first."};
}

// The store cannot take anything now and will again: no fault of the connection, and nothing was
// done of what the frame asks for.
bool is_passing(const Failure& failure) {
    return failure.kind == Kind::unavailable && failure.code.starts_with("store.");
}

}  // namespace

Session::Session(const Parts& parts, Wire& wire, std::string upgrade_token)
    : parts_(parts),
      wire_(wire),
      upgrade_token_(std::make_unique<std::string>(std::move(upgrade_token))) {}

Session::~Session() = default;

Failure token_expired() {
    return {Kind::unauthenticated, "auth.token_expired", "The access token has expired."};
}

bool Session::is_expired() const {
    return signed_in_ && parts_.clock.now() >= identity_.expires_at;
}

bool Session::wants_input() const { return inbox_bytes_ < parts_.config.inbox_bytes_max; }

void Session::on_frame(Frame frame) {
    if (ended_) {
        return;
    }
    try {
        if (frame.command == Command::connect || frame.command == Command::stomp) {
            choose_version(frame);
        } else if (!has_connect_) {
            throw not_connected();
        }
        if (work_) {
            queue(frame);
        } else if (!handle_now(frame)) {
            work_ = std::make_unique<FrameWork>(FrameWork{.frame = std::move(frame), .what = {}});
            wire_.start_calls();
        }
    } catch (const Failure& failure) {
        fail(failure, frame);
    }
}

void Session::queue(Frame& frame) {
    inbox_bytes_ += frame.bytes() + sizeof(Frame);
    const auto limit = parts_.config.inbox_bytes_max;
    if (inbox_bytes_ > limit * inbox_overrun_factor) {
        throw Failure{Kind::limited, "rate.limited", "Too many frames wait."};
    }
    if (!inbox_) {
        inbox_ = std::make_unique<std::deque<Frame>>();
    }
    inbox_->push_back(std::move(frame));
}

// At once, not when its turn comes: the frames behind it in the same piece are written in that
// version.
void Session::choose_version(const Frame& frame) {
    if (std::exchange(has_connect_, true)) {
        throw Failure{Kind::malformed, "stomp.already_connected", "CONNECT may come only once."};
    }
    const auto version = stomp::choose_version(frame.find("accept-version"));
    if (!version) {
        throw Failure{Kind::unsupported, "stomp.unsupported_version",
                      "This server speaks STOMP 1.0, 1.1 and 1.2."};
    }
    wire_.set_version(*version);
}

// True when the frame needs nobody else and has been handled.
bool Session::handle_now(Frame& frame) {
    if (is_expired()) {
        throw token_expired();
    }
    if (defer_to_transaction(frame)) {
        return true;
    }
    switch (frame.command) {
        case Command::connect:
        case Command::stomp:
        case Command::send:
        case Command::subscribe:
        case Command::commit:
            return false;
        default:
            handle_in_open(frame);
            return true;
    }
}

void Session::handle_in_open(Frame& frame) {
    switch (frame.command) {
        case Command::unsubscribe:
            unsubscribe(frame);
            break;
        case Command::ack:
        case Command::nack:
            acknowledge(frame);
            break;
        case Command::begin:
            begin_transaction(frame);
            break;
        case Command::abort:
            abort_transaction(frame);
            break;
        case Command::disconnect:
            answer_receipt(frame);
            wire_.close(net::websocket::close_code::normal, "");
            return;
        default:
            throw Failure{Kind::malformed, "stomp.malformed", "Only servers send this command."};
    }
    answer_receipt(frame);
}

void Session::fail(const Failure& failure, const Frame& frame) {
    if (ended_) {
        return;
    }
    const std::string_view receipt = frame.get_or_empty("receipt");
    if (is_passing(failure) &&
        (frame.command == Command::send || frame.command == Command::commit)) {
        wire_.say_error(failure, receipt);
    } else {
        wire_.fail(failure, receipt);
    }
}

void Session::answer_receipt(const Frame& frame) {
    // CONNECTED is the answer to CONNECT.
    const auto receipt = frame.find("receipt");
    if (!receipt || frame.command == Command::connect || frame.command == Command::stomp) {
        return;
    }
    std::string bytes;
    stomp::FrameWriter writer{bytes, wire_.shape().version, Command::receipt};
    writer.header("receipt-id", *receipt).finish();
    wire_.answer(bytes);
}

void Session::end() {
    if (std::exchange(ended_, true)) {
        return;
    }
    while (!subscriptions_.empty()) {
        remove(subscriptions_.size() - 1);
    }
    transactions_.reset();
    inbox_.reset();
    inbox_bytes_ = 0;
    if (signed_in_) {
        wire_.on_signed_off();
    }
}

}  // namespace loquat::realtime
