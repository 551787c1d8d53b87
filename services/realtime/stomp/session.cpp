#include "services/realtime/stomp/session.hpp"

#include "base/log.hpp"
#include "runtime/problem.hpp"

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
    : parts_(parts), wire_(wire), upgrade_token_(std::move(upgrade_token)) {}

Session::~Session() = default;

Failure token_expired() {
    return {Kind::unauthenticated, "auth.token_expired", "The access token has expired."};
}

bool Session::is_expired() const {
    return signed_in_ && parts_.edge.clock.now() >= identity_.expires_at;
}

// Cancellation goes on its way: the node is closing.
Failure Session::failure_of(std::exception_ptr error) {
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

bool Session::wants_input() const {
    return inbox_bytes_ < static_cast<std::size_t>(parts_.edge.config.inbox_bytes_max);
}

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
        if (working_) {
            inbox_bytes_ += frame.bytes() + sizeof(Frame);
            const auto limit = static_cast<std::size_t>(parts_.edge.config.inbox_bytes_max);
            if (inbox_bytes_ > limit * inbox_overrun_factor) {
                throw Failure{Kind::limited, "rate.limited", "Too many frames wait."};
            }
            if (!inbox_) {
                inbox_ = std::make_unique<std::deque<Frame>>();
            }
            inbox_->push_back(std::move(frame));
            return;
        }
        if (!handle_now(frame)) {
            working_ = true;
            parts_.edge.tasks.start(work_off(std::move(frame)));
        }
    } catch (const Failure& failure) {
        fail(failure, frame);
    }
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

Task<void> Session::work_off(Frame first) {
    Frame frame = std::move(first);
    bool more = true;
    while (more) {
        std::optional<Failure> failed;
        try {
            if (auto message = find_message(frame)) {
                co_await send_run(std::move(frame), std::move(*message));
            } else {
                co_await handle(frame);
                if (!ended_) {
                    answer_receipt(frame);
                }
            }
        } catch (...) {
            failed = failure_of(std::current_exception());
        }
        if (failed) {
            fail(*failed, frame);
        }
        more = next_frame(frame);
    }
    working_ = false;
    wire_.on_idle();
}

// Handles what can be handled at once; false when nothing is left.
bool Session::next_frame(Frame& frame) {
    while (!ended_ && inbox_ && !inbox_->empty()) {
        frame = std::move(inbox_->front());
        inbox_->pop_front();
        inbox_bytes_ -= frame.bytes() + sizeof(Frame);
        try {
            if (!handle_now(frame)) {
                return true;
            }
        } catch (const Failure& failure) {
            fail(failure, frame);
        }
    }
    inbox_.reset();
    inbox_bytes_ = 0;
    return false;
}

Task<void> Session::handle(Frame frame) {
    switch (frame.command) {
        case Command::connect:
        case Command::stomp:
            co_await sign_in(std::move(frame));
            break;
        case Command::subscribe:
            co_await subscribe(std::move(frame));
            break;
        case Command::commit:
            co_await commit(std::move(frame));
            break;
        default:
            co_await send(std::move(frame));
            break;
    }
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
        parts_.people.leave(identity_.user, *this);
    }
}

}  // namespace loquat::realtime
