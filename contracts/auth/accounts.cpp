#include "contracts/auth/accounts.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> accounts_operations() { return bind_table<AccountsApi>(); }

}  // namespace loquat::contracts
