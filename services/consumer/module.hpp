#pragma once
#include "runtime/module.hpp"

namespace loquat::consumer {

extern const runtime::Module module;

}  // namespace loquat::consumer
