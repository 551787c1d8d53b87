#pragma once
#include "runtime/telemetry/metrics.hpp"

namespace loquat::runtime {

// loquat_memory_bytes: what the process has of the system's memory, what of the heap is in use, and
// what the heap keeps free for later.
void add_memory_metrics(Metrics& metrics);

}  // namespace loquat::runtime
