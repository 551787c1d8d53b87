#pragma once
#include <cstdint>

#include "base/failure.hpp"

namespace loquat::realtime {

// The WebSocket close code for a failure.  4401 tells a client not to come back with the same
// token.
std::uint16_t close_code_of(const Failure& failure);

}  // namespace loquat::realtime
