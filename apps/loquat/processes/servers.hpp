#pragma once
#include <string>
#include <vector>

#include "apps/loquat/processes/plan.hpp"
#include "runtime/config/config.hpp"

namespace loquat::app {

// A setting that all processes are given, by the environment: it may hold a password.
struct HandedOn {
    std::string variable;
    std::string value;
};

// Makes the processes of a plan read their settings from its config server, where that has any, and
// register at its registry.  Both are started before the others, on the ports that their settings
// name, or on free ones.  Servers that the configuration names already are left as they are.
std::vector<HandedOn> use_own_servers(std::vector<ProcessPlan>& plan,
                                      const std::vector<runtime::ConfigLine>& settings);

}  // namespace loquat::app
