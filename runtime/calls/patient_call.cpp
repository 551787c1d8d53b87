#include "runtime/calls/patient_call.hpp"

#include <utility>

#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "base/failure.hpp"

namespace loquat::runtime {

// Outlives who asked, until its request has ended.
struct PatientCall::Other {
    std::shared_ptr<const void> keep;
    std::unique_ptr<ServiceCall> call;
    Balancer::TargetPtr at;
    std::string body;
    std::unique_ptr<net::http::ClientCall> http;
    bool has_ended = false;
    std::exception_ptr error;
    std::function<void()> on_answer;
    aio::Signal ended;

    bool has_answered() const {
        return has_ended && !error && outcome_of(http->head().status) == CallOutcome::success;
    }
    CallOutcome outcome() const {
        return !error                  ? outcome_of(http->head().status)
               : http->has_connected() ? CallOutcome::failure
                                       : CallOutcome::unreachable;
    }
};

PatientCall::PatientCall(Parts parts)
    : parts_(std::move(parts)), patience_([this] { ask_other(); }) {}

PatientCall::~PatientCall() {
    if (other_) {
        other_->on_answer = nullptr;
        if (!other_->has_ended) {
            other_->http->cancel();
        }
    }
}

void PatientCall::ask_other() {
    auto other = std::make_shared<Other>();
    other->call = parts_.call.beside();
    if (!other->call) {
        return;
    }
    other->keep = parts_.keep;
    other->at = other->call->at();
    other->body = body_;
    try {
        other->http = parts_.to_other(other->at->endpoint);
    } catch (const Failure&) {
        parts_.call.note_beside(*other->call, CallOutcome::failure);
        return;
    }
    other->on_answer = [this] { parts_.first.cancel(); };
    other_ = other;
    if (parts_.scope != nullptr) {
        parts_.scope->start(run(std::move(other)));
    } else {
        parts_.loop.spawn(run(std::move(other)));
    }
}

Task<void> PatientCall::run(std::shared_ptr<Other> other) {
    try {
        co_await other->http->send(other->body, net::http::Replay::allowed);
        co_await other->http->read_head();
    } catch (...) {
        other->error = std::current_exception();
    }
    other->has_ended = true;
    if (other->on_answer && other->has_answered()) {
        other->on_answer();
    }
    other->ended.set();
}

Task<net::http::ClientCall*> PatientCall::ask(std::string_view body, net::http::Replay replay) {
    body_ = body;
    if (const auto patience = parts_.call.patience(); patience.count() > 0) {
        patience_.start(parts_.loop, patience);
    }
    std::exception_ptr error;
    try {
        co_await parts_.first.send(body, replay);
        co_await parts_.first.read_head();
    } catch (const Failure&) {
        error = std::current_exception();
    }
    patience_.stop();
    const bool is_answered =
        !error && outcome_of(parts_.first.head().status) == CallOutcome::success;
    if (other_ && !is_answered && !other_->has_ended) {
        co_await other_->ended.wait();
    }
    if (other_ && !is_answered && other_->has_answered()) {
        parts_.call.overtaken_by(*other_->call);
        co_return other_->http.get();
    }
    if (other_ && other_->has_ended && !other_->has_answered()) {
        parts_.call.note_beside(*other_->call, other_->outcome());
    }
    if (error) {
        std::rethrow_exception(error);
    }
    co_return &parts_.first;
}

}  // namespace loquat::runtime
