#include "contracts/session/session.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> session_operations() { return bind_table<SessionApi>(); }

}  // namespace loquat::contracts
