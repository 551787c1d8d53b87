#include "contracts/dead/dead.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> dead_operations() { return bind_table<DeadApi>(); }

}  // namespace loquat::contracts
