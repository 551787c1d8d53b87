#include "contracts/cart/coupons.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> coupons_operations() { return bind_table<CouponsApi>(); }

}  // namespace loquat::contracts
