#include "contracts/usage/usage.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> usage_operations() { return bind_table<UsageApi>(); }

}  // namespace loquat::contracts
