#pragma once
#include "runtime/config/config.hpp"

namespace loquat::model {

// What a start would refuse of the section `model`: addresses, keys, certificates, names.
void check_config(const runtime::Config& config, runtime::ConfigFindings& findings);

}  // namespace loquat::model
