#include "contracts/newthing/newthing.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> newthing_operations() { return bind_table<NewthingApi>(); }

}  // namespace loquat::contracts
