#pragma once
#include <span>
#include <string>
#include <vector>

#include "runtime/module.hpp"

namespace loquat::app {

// Every service, in the order of start: those called before their callers.
std::vector<const runtime::Module*> all_modules();

// Some of them by name, in that order.  Throws Failure `serve.unknown_service` with a suggestion.
std::vector<const runtime::Module*> modules_named(const std::vector<std::string>& names);

}  // namespace loquat::app
