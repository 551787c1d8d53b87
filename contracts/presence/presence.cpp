#include "contracts/presence/presence.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> presence_operations() { return bind_table<PresenceApi>(); }

}  // namespace loquat::contracts
