#pragma once
#include "runtime/config/config.hpp"

namespace loquat::chat {

// What a start would refuse of the section `chat`: several instances on what is one process's own.
void check_config(const runtime::Config& config, runtime::ConfigFindings& findings);

}  // namespace loquat::chat
