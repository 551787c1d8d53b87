#include "contracts/auth/auth.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> auth_operations() { return bind_table<AuthApi>(); }

}  // namespace loquat::contracts
