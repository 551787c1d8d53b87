#pragma once
#include "runtime/module.hpp"

namespace loquat::chat {

extern const runtime::Module module;

}  // namespace loquat::chat
