#pragma once
#include "runtime/module.hpp"

namespace loquat::model {

extern const runtime::Module module;

}  // namespace loquat::model
