#pragma once
#include "runtime/module.hpp"

namespace loquat::config {

extern const runtime::Module module;

}  // namespace loquat::config
