#pragma once

namespace loquat::bench {

// CPU time of this process so far, user and system.
double own_cpu_seconds();

}  // namespace loquat::bench
