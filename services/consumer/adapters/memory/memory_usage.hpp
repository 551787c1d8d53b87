#pragma once
#include <memory>

#include "services/consumer/ports.hpp"

namespace loquat::consumer {

// For tests of what stands above, and the model that the SQL adapter is compared with: it sums when
// it is asked.
std::unique_ptr<UsageStore> make_memory_usage();

}  // namespace loquat::consumer
