#include "contracts/audit.hpp"

#include "contracts/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> audit_inbox_operations() { return bind_table<AuditInboxApi>(); }

}  // namespace loquat::contracts
