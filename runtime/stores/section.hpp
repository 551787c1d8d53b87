#pragma once
#include "runtime/config/config.hpp"
#include "runtime/stores.hpp"

namespace loquat::runtime {

// The section `store`; finds kinds that this program does not have.  `adapters`: of services,
// beside the builtin ones.
ConfigSection store_section(std::vector<StoreAdapter> adapters);

}  // namespace loquat::runtime
