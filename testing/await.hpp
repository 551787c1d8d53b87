#pragma once
#include <utility>

#include "aio/run.hpp"
#include "aio/task.hpp"

namespace loquat::test {

// The task's result, for tests that ask one thing after the other.
template <class T>
T await(aio::Loop& loop, Task<T> task) {
    return aio::run_to_end(loop, std::move(task));
}

// Runs what never has to wait: all of it in one turn of the loop.  Rethrows what it throws; throws
// Failure `test.waits` when it did not end.
void run_at_once(aio::Loop& loop, Task<void> task);

}  // namespace loquat::test
