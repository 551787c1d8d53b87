#pragma once
#include "runtime/platform/platform_config.hpp"

namespace loquat::runtime {

// The log as these settings want it; may be called again while records are written.
void start_log(const PlatformConfig& settings);

}  // namespace loquat::runtime
