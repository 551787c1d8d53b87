#pragma once
#include "runtime/module.hpp"

namespace loquat::gateway {

extern const runtime::Module module;

}  // namespace loquat::gateway
