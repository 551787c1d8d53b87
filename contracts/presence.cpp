#include "contracts/presence.hpp"

#include "contracts/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> presence_operations() { return bind_table<PresenceApi>(); }

}  // namespace loquat::contracts
