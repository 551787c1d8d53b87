#include "contracts/product/stock.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {

std::vector<Operation> stock_operations() { return bind_table<StockApi>(); }

}  // namespace loquat::contracts
