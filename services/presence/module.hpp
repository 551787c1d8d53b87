#pragma once
#include "runtime/module.hpp"

namespace loquat::presence {

extern const runtime::Module module;

}  // namespace loquat::presence
