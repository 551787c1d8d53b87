#pragma once
#include "runtime/config/config.hpp"

namespace loquat::runtime {

// The section `platform`, with what it finds wrong and the older names of its settings.
ConfigSection platform_section();

}  // namespace loquat::runtime
