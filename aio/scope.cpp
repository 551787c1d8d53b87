#include "aio/scope.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <list>
#include <utility>

#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "base/check.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::aio {

struct Scope::State {
    State(Loop& on, const char* called) : loop(on), name(called) {}

    struct Child {
        boost::asio::cancellation_signal signal;
        bool is_asked_to_stop = false;
    };
    void stop_who_is_asked();

    Loop& loop;
    const char* name;
    std::list<Child> children;
    Signal emptied;
    bool closing = false;
};

bool is_cancellation(std::exception_ptr error) {
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& failure) {
        return failure.code() == boost::asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

std::string describe(std::exception_ptr error) {
    try {
        std::rethrow_exception(error);
    } catch (const Failure& failure) {
        return failure.code + ": " + failure.message +
               (failure.detail.empty() ? std::string{} : " (" + failure.detail + ")");
    } catch (const std::exception& failure) {
        return failure.what();
    } catch (...) {
        return "unknown exception";
    }
}

Scope::Scope(Loop& loop, const char* name) : state_(std::make_shared<State>(loop, name)) {}

Scope::~Scope() {
    LOQUAT_CHECK(state_->children.empty() || Loop::current_or_null() == nullptr,
                 "a scope is closed before it is destroyed");
}

void Scope::start(Task<void> task) {
    auto state = state_;
    auto child = state->children.emplace(state->children.end());
    auto done = [state, child](std::exception_ptr error) {
        state->children.erase(child);
        if (error && !is_cancellation(error)) {
            const std::string what = describe(error);
            log_error({.service = state->name}, "a background task failed", {{"error", what}});
        }
        if (state->children.empty() && state->closing) {
            state->emptied.set();
        }
    };
    boost::asio::co_spawn(
        state->loop.context().get_executor(), std::move(task),
        boost::asio::bind_cancellation_slot(child->signal.slot(), std::move(done)));
}

void Scope::State::stop_who_is_asked() {
    // A cancelled child may end at once and erase itself, so step on first.
    for (auto child = children.begin(); child != children.end();) {
        auto current = child++;
        if (std::exchange(current->is_asked_to_stop, false)) {
            current->signal.emit(boost::asio::cancellation_type::all);
        }
    }
}

void Scope::cancel() {
    for (State::Child& child : state_->children) {
        child.is_asked_to_stop = true;
    }
    // Outside of its handlers Asio would hand a signal on by its address, to a child that may have
    // ended by then.
    boost::asio::dispatch(state_->loop.context().get_executor(),
                          [state = state_] { state->stop_who_is_asked(); });
}

Task<void> Scope::close() {
    auto state = state_;
    state->closing = true;
    cancel();
    while (!state->children.empty()) {
        co_await state->emptied.wait();
    }
    state->closing = false;
}

std::size_t Scope::size() const { return state_->children.size(); }

}  // namespace loquat::aio
