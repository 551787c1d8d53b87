#pragma once
#include "runtime/config/config.hpp"

namespace loquat::registry {

// What limits of single settings cannot say.
void check_config(const runtime::Config& config, runtime::ConfigFindings& findings);

}  // namespace loquat::registry
