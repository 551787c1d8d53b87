#pragma once
#include "aio/loop.hpp"

namespace loquat::aio {

// Runs `loop` on this thread until `task` has ended; rethrows what it throws.  For programs and
// tests that have nothing else to do on that loop.
void run_to_end(Loop& loop, Task<void> task);

}  // namespace loquat::aio
