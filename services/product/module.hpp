#pragma once
#include "runtime/module.hpp"

namespace loquat::product {

extern const runtime::Module module;

}  // namespace loquat::product
