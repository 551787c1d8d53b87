#pragma once
#include "runtime/config/config.hpp"

namespace loquat::runtime {

// The section `store`; finds kinds that this program does not have.
ConfigSection store_section();

}  // namespace loquat::runtime
