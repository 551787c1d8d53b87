#pragma once
#include "runtime/module.hpp"

namespace loquat::registry {

extern const runtime::Module module;

}  // namespace loquat::registry
