#include "contracts/session/sessions.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> sessions_operations() { return bind_table<SessionsApi>(); }

}  // namespace loquat::contracts
