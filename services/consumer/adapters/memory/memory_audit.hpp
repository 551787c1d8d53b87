#pragma once
#include <memory>

#include "services/consumer/ports.hpp"

namespace loquat::consumer {

// For tests of what stands above, and the model that the SQL adapter is compared with.
std::unique_ptr<AuditStore> make_memory_audit();

}  // namespace loquat::consumer
