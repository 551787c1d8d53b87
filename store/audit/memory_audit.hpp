#pragma once
#include <memory>

#include "store/audit/audit_store.hpp"

namespace loquat::store {

// For tests of what stands above, and the model that the SQL adapter is compared with.
std::unique_ptr<AuditStore> make_memory_audit();

}  // namespace loquat::store
