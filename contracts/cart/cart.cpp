#include "contracts/cart/cart.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> cart_operations() { return bind_table<CartApi>(); }

}  // namespace loquat::contracts
