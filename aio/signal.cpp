#include "aio/signal.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "aio/loop.hpp"
#include "base/check.hpp"

namespace loquat::aio {
namespace {

using UseTask = boost::asio::use_awaitable_t<boost::asio::io_context::executor_type>;

}  // namespace

struct Signal::Waiter : TimerNode, std::enable_shared_from_this<Waiter> {
    std::move_only_function<void(boost::system::error_code)> resume;
    Signal* signal = nullptr;
    bool timed_out = false;

    void on_timer() override {
        timed_out = true;
        finish({});
    }

    // Resumes through the loop, never inside the caller's frame.
    void finish(boost::system::error_code error) {
        stop();
        if (signal != nullptr && signal->waiter_.get() == this) {
            auto self = std::move(signal->waiter_);
            signal = nullptr;
            Loop::current().defer([self, error] {
                auto call = std::move(self->resume);
                call(error);
            });
        }
    }
};

Signal::Signal() = default;

Signal::~Signal() {
    if (waiter_) {
        waiter_->finish(boost::asio::error::operation_aborted);
    }
}

void Signal::set() {
    if (waiter_) {
        waiter_->finish({});
    } else {
        set_ = true;
    }
}

Task<void> Signal::wait() {
    const bool in_time = co_await wait_until(Steady::max());
    LOQUAT_CHECK(in_time, "a wait without a deadline cannot time out");
}

Task<bool> Signal::wait_until(Steady deadline) {
    if (set_) {
        set_ = false;
        co_return true;
    }
    LOQUAT_CHECK(!waiter_, "a signal has one waiter");
    auto waiter = std::make_shared<Waiter>();
    waiter->signal = this;
    waiter_ = waiter;
    if (deadline != Steady::max()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        waiter->start(Loop::current(), left);
    }
    UseTask token;
    auto begin = [waiter](auto handler) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
            slot.assign([weak = std::weak_ptr{waiter}](boost::asio::cancellation_type) {
                if (auto held = weak.lock()) {
                    held->finish(boost::asio::error::operation_aborted);
                }
            });
        }
        waiter->resume = [handler = std::move(handler)](boost::system::error_code error) mutable {
            handler(error);
        };
    };
    co_await boost::asio::async_initiate<UseTask, void(boost::system::error_code)>(begin, token);
    co_return !waiter->timed_out;
}

}  // namespace loquat::aio
