#pragma once
#include "runtime/module.hpp"

namespace loquat::auth {

extern const runtime::Module module;

}  // namespace loquat::auth
