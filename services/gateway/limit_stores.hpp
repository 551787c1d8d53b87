#pragma once
#include "runtime/stores.hpp"

namespace loquat::gateway {

// The kinds of `store.limits`: by this process, or at Redis.
std::vector<runtime::StoreAdapter> limit_stores();

}  // namespace loquat::gateway
