#pragma once
#include "runtime/module.hpp"

namespace loquat::newthing {

extern const runtime::Module module;

}  // namespace loquat::newthing
