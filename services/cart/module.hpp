#pragma once
#include "runtime/module.hpp"

namespace loquat::cart {

extern const runtime::Module module;

}  // namespace loquat::cart
