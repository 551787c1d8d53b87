#pragma once
#include <exception>
#include <functional>
#include <future>

#include "aio/loop.hpp"

namespace loquat::test {

// Runs `work` on a loop that another thread runs, and waits for its end here: what it returned, or
// threw.
template <class T>
T run_elsewhere(aio::Loop& loop, std::function<Task<T>()> work) {
    std::promise<T> done;
    auto body = [](std::function<Task<T>()> held, std::promise<T>& out) -> Task<void> {
        try {
            if constexpr (std::is_void_v<T>) {
                co_await held();
                out.set_value();
            } else {
                out.set_value(co_await held());
            }
        } catch (...) {
            out.set_exception(std::current_exception());
        }
    };
    loop.spawn(body(std::move(work), done));
    return done.get_future().get();
}

}  // namespace loquat::test
