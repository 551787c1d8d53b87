#pragma once
#include "runtime/module.hpp"

namespace loquat::session {

extern const runtime::Module module;

}  // namespace loquat::session
