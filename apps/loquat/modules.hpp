#pragma once
#include <span>
#include <string>
#include <vector>

#include "runtime/module.hpp"
#include "runtime/platform_config.hpp"

namespace loquat::app {

// Every service, in the order of start: those called before their callers.
std::vector<const runtime::Module*> all_modules();

// Some of them by name, in that order.  Throws Failure `serve.unknown_service` with a suggestion.
std::vector<const runtime::Module*> modules_named(const std::vector<std::string>& names);

// The same for a process that serves.  Throws also `serve.apart` when one of those that share an
// embedded log and broadcast is named without the others.
std::vector<const runtime::Module*> modules_to_serve(const std::vector<std::string>& names);

// Throws Failure `serve.neighbour_unknown` when a service that cannot start without another one is
// named and the other is neither named nor in `urls`.
void check_neighbours(const std::vector<std::string>& names,
                      const std::vector<runtime::ServiceUrl>& urls);

}  // namespace loquat::app
