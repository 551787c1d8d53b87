#pragma once
#include "runtime/telemetry/metrics.hpp"

namespace loquat::runtime {

// How long the process runs, what it uses and has open, and the machine below it, under the names
// that dashboards for Spring services ask for.
void add_process_metrics(Metrics& metrics);

}  // namespace loquat::runtime
