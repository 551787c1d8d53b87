#pragma once
#include <chrono>
#include <thread>
#include <utility>

#include "aio/run.hpp"
#include "aio/task.hpp"
#include "base/clock.hpp"

namespace loquat::test {

// The task's result, for tests that ask one thing after the other.
template <class T>
T await(aio::Loop& loop, Task<T> task) {
    return aio::run_to_end(loop, std::move(task));
}

// Whether it comes true within 20 s, for what happens on other threads; asks again and again, after
// `between`.
template <class Condition, class Between>
bool comes_true(Condition condition, Between between) {
    const Steady end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= end) {
            return false;
        }
        between();
        std::this_thread::yield();
    }
    return true;
}

// Runs what never has to wait: all of it in one turn of the loop.  Rethrows what it throws; throws
// Failure `test.waits` when it did not end.
void run_at_once(aio::Loop& loop, Task<void> task);

}  // namespace loquat::test
