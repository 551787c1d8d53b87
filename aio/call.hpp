#pragma once
#include <memory>
#include <utility>

#include "aio/completion.hpp"
#include "aio/loop.hpp"

namespace loquat::aio {
namespace detail {

template <class T, class Work>
Task<void> run_for(Work work, std::shared_ptr<Completion<T>> done) {
    std::exception_ptr error;
    try {
        if constexpr (std::is_void_v<T>) {
            co_await work();
            done->set();
        } else {
            auto value = co_await work();
            done->set(std::move(value));
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        done->fail(std::move(error));
    }
}

}  // namespace detail

// Starts `work` (a callable that returns Task<T>) on `home`, this loop.  Who waits for the result
// may give it up, or have it failed by somebody else; the work goes on.
template <class T, class Work>
std::shared_ptr<Completion<T>> start_call(Loop& home, Work work) {
    auto done = std::make_shared<Completion<T>>(home);
    home.spawn(detail::run_for<T, Work>(std::move(work), done));
    return done;
}

// Runs `work` (a callable that returns Task<T>) on `target` and brings the result back to this
// loop. On the same loop it is a plain call.  At the deadline the caller gets `upstream.timeout`;
// the work goes on.
template <class T, class Work>
Task<T> call_on(Loop& target, Work work, Steady deadline = Steady::max()) {
    Loop& home = Loop::current();
    if (&home == &target && deadline == Steady::max()) {
        co_return co_await work();
    }
    auto done = std::make_shared<Completion<T>>(home);
    target.post([&target, done, work = std::move(work)]() mutable {
        target.spawn(detail::run_for<T, Work>(std::move(work), done));
    });
    co_return co_await done->wait_until(deadline);
}

}  // namespace loquat::aio
