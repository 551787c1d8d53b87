#pragma once
#include <vector>

#include "runtime/module.hpp"

namespace loquat::services {

// Every service, in the order of services/services.cmake, from which this is generated.
std::vector<const runtime::Module*> all_modules();

}  // namespace loquat::services
