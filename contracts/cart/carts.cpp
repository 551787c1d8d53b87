#include "contracts/cart/carts.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> carts_operations() { return bind_table<CartsApi>(); }

}  // namespace loquat::contracts
