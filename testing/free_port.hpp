#pragma once
#include <cstdint>

namespace loquat::test {

// Of loopback, free now, and none that the kernel gives to a client meanwhile: for a server that
// must be told its port, and for where nobody listens.  Throws std::runtime_error when there is
// none.
std::uint16_t free_port();

}  // namespace loquat::test
