#include "contracts/auth/guests.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> guests_operations() { return bind_table<GuestsApi>(); }

}  // namespace loquat::contracts
