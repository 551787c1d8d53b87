#pragma once
#include <optional>
#include <utility>

#include "aio/loop.hpp"

namespace loquat::aio {

// Runs `loop` on this thread until `task` has ended; rethrows what it throws.  For programs and
// tests that have nothing else to do on that loop.
void run_to_end(Loop& loop, Task<void> task);

// The same for a task with a result.
template <class T>
T run_to_end(Loop& loop, Task<T> task) {
    std::optional<T> result;
    auto body = [](Task<T> inner, std::optional<T>& out) -> Task<void> {
        out.emplace(co_await std::move(inner));
    };
    run_to_end(loop, body(std::move(task), result));
    return std::move(*result);
}

}  // namespace loquat::aio
