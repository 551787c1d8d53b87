#pragma once
#include <functional>

#include "aio/loop.hpp"

namespace loquat::runtime {

// Runs `work` on `loop` and waits for it on this thread, which runs no loop that the work needs.
// Rethrows what it throws.
void run_and_wait(aio::Loop& loop, std::move_only_function<Task<void>()> work);

}  // namespace loquat::runtime
