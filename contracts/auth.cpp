#include "contracts/auth.hpp"

#include "contracts/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> auth_operations() { return bind_table<AuthApi>(); }

}  // namespace loquat::contracts
