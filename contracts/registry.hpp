#pragma once
#include <vector>

#include "contracts/core/operation.hpp"

namespace loquat::contracts {

// All rows of all contracts, in the order of services/services.cmake, from which this is generated.
std::vector<Operation> all_operations();

}  // namespace loquat::contracts
