#include "base/log.hpp"
#include "runtime/front/problem.hpp"
#include "services/realtime/stomp/session.hpp"

// Frames that need other services: one is under way, the others wait behind it.

namespace loquat::realtime {

using net::stomp::Command;

namespace {

Failure failure_of(std::exception_ptr error) {
    Failure failure = runtime::to_failure(error);
    if (failure.kind == Kind::internal) {
        log_error({.service = "realtime"}, "a frame could not be handled",
                  {{"error", failure.detail}});
    }
    return failure;
}

}  // namespace

std::optional<Call> Session::next_call() {
    while (work_) {
        try {
            if (auto call = ask()) {
                return call;
            }
        } catch (...) {
            fail_work(failure_of(std::current_exception()));
        }
        next_work();
    }
    wire_.on_idle();
    return std::nullopt;
}

// None when the frame has been handled.
std::optional<Call> Session::ask() {
    if (ended_ || work_->is_done) {
        return std::nullopt;
    }
    if (auto* what = std::get_if<FrameWork::Subscribe>(&work_->what)) {
        return ask_room(*what);  // again: what was said may be outdated
    }
    if (auto call = begin()) {
        return call;
    }
    finish({});
    return std::nullopt;
}

std::optional<Call> Session::begin() {
    const Frame& frame = work_->frame;
    switch (frame.command) {
        case Command::connect:
        case Command::stomp:
            return sign_in();
        case Command::subscribe:
            return subscribe();
        case Command::commit:
            return commit();
        default:
            return send();
    }
}

void Session::on_answer(CallAnswer answer) {
    if (ended_) {
        return;
    }
    try {
        finish(std::move(answer));
    } catch (...) {
        fail_work(failure_of(std::current_exception()));
    }
}

void Session::on_failed(const Failure& failure) {
    if (!ended_) {
        fail_work(failure);
    }
}

void Session::finish(CallAnswer answer) {
    FrameWork& work = *work_;
    work.is_done = true;
    if (std::holds_alternative<FrameWork::SignIn>(work.what)) {
        on_identity(std::get<Identity>(std::move(answer)));
    } else if (std::holds_alternative<FrameWork::Refresh>(work.what)) {
        on_new_token(std::get<Identity>(std::move(answer)));
    } else if (std::holds_alternative<FrameWork::Subscribe>(work.what)) {
        on_allowed(std::get<contracts::Subscribable>(answer));
    } else if (std::holds_alternative<FrameWork::Run>(work.what)) {
        on_accepted(std::get<contracts::AcceptedMessages>(answer));
        return;  // each of it had its receipt
    } else if (const auto* accepted = std::get_if<contracts::AcceptedMessages>(&answer)) {
        on_committed(*accepted);
    } else if (std::holds_alternative<FrameWork::Commit>(work.what)) {
        on_committed({});
    }
    if (work.is_done && !ended_) {
        answer_receipt(work.frame);
    }
}

void Session::fail_work(const Failure& failure) {
    work_->is_done = true;
    if (std::holds_alternative<FrameWork::Run>(work_->what)) {
        fail_run(failure, 0);
    } else {
        fail(failure, work_->frame);
    }
}

// Handles what can be handled at once, up to the next frame that needs others.
void Session::next_work() {
    work_.reset();
    while (!ended_ && inbox_ && !inbox_->empty()) {
        Frame frame = std::move(inbox_->front());
        inbox_->pop_front();
        inbox_bytes_ -= frame.bytes() + sizeof(Frame);
        try {
            if (!handle_now(frame)) {
                work_ =
                    std::make_unique<FrameWork>(FrameWork{.frame = std::move(frame), .what = {}});
                return;
            }
        } catch (const Failure& failure) {
            fail(failure, frame);
        }
    }
    inbox_.reset();
    inbox_bytes_ = 0;
}

}  // namespace loquat::realtime
