#pragma once
#include <exception>

#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "aio/signal.hpp"

namespace loquat::app {

// Runs each(0) ... each(count - 1), at most `at_once` at the same time.  After a failure no
// further one begins; the first failure is thrown once all have ended.
template <class Each>
Task<void> for_each(std::size_t count, std::size_t at_once, Each each) {
    struct Shared {
        std::size_t next = 0;
        std::size_t running = 0;
        std::exception_ptr error;
        aio::Signal ended;
    };
    Shared shared;
    aio::Scope scope{aio::Loop::current(), "import"};
    auto work = [](Shared& all, Each& one, std::size_t end) -> Task<void> {
        try {
            while (all.next < end && !all.error) {
                const std::size_t index = all.next++;
                co_await one(index);
            }
        } catch (...) {
            all.error = std::current_exception();
        }
        --all.running;
        all.ended.set();
    };
    shared.running = std::min(count, at_once);
    const std::size_t workers = shared.running;
    for (std::size_t i = 0; i < workers; ++i) {
        scope.start(work(shared, each, count));
    }
    while (shared.running > 0) {
        co_await shared.ended.wait();
    }
    co_await scope.close();
    if (shared.error) {
        std::rethrow_exception(shared.error);
    }
}

}  // namespace loquat::app
