#include "contracts/audit/audit.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> audit_operations() { return bind_table<AuditInboxApi>(); }

}  // namespace loquat::contracts
