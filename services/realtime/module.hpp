#pragma once
#include "runtime/module.hpp"

namespace loquat::realtime {

extern const runtime::Module module;

}  // namespace loquat::realtime
