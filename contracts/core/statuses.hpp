#pragma once
#include <string_view>
#include <vector>

#include "contracts/core/operation.hpp"

// The HTTP statuses that an operation may answer with: what documents say, and what tests hold
// servers to.
namespace loquat::contracts {

// Of answers, the usual one first.
std::vector<int> successes_of(const Operation& operation);
// Of problems, ascending.  HTTP itself may say more of a request that it cannot read: 431, 501,
// 505.
std::vector<int> refusals_of(const Operation& operation);
// Those that say more than their own rows do; each is one that there is.
std::vector<std::string_view> list_operations_with_statuses();

}  // namespace loquat::contracts
