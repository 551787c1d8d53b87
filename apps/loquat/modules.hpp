#pragma once
#include <string>
#include <vector>

#include "runtime/module.hpp"

namespace loquat::app {

// Every service.
std::vector<const runtime::Module*> all_modules();

// Some of them by name, in that order.  Throws Failure `serve.unknown_service` with a suggestion.
std::vector<const runtime::Module*> modules_named(const std::vector<std::string>& names);

// The same for a process that serves.  Throws also `serve.apart` when one of those that share an
// embedded log and broadcast is named without the others.
std::vector<const runtime::Module*> modules_to_serve(const std::vector<std::string>& names);

}  // namespace loquat::app
