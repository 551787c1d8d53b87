#pragma once
#include <string>

namespace loquat::app {

// A line from standard input; not shown when a person types it.
std::string read_password();

}  // namespace loquat::app
