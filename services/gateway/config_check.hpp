#pragma once
#include "runtime/config/config.hpp"

namespace loquat::gateway {

// What a start would refuse of the section `gateway`: addresses, certificates, networks, routes.
void check_config(const runtime::Config& config, runtime::ConfigFindings& findings);

}  // namespace loquat::gateway
