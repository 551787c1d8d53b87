#pragma once
#include <string>
#include <vector>

#include "runtime/module.hpp"

namespace loquat::runtime {

// Who calls whom, as a page with a Mermaid flowchart: a whole arrow is a need, a dotted one a call
// that one can do without.  A circle of needs is named below it.
std::string calls_page(const std::vector<const Module*>& modules);

// The services of a circle of needs, each calling the next and the last the first; empty when there
// is none.
std::vector<std::string> find_circle(const std::vector<const Module*>& modules);

}  // namespace loquat::runtime
