#pragma once
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "base/clock.hpp"
#include "net/address.hpp"

namespace loquat::net {

// The addresses of a name, at most eight; the address itself of a numeric one, at once; empty when
// nobody knows the name.  Asks the system on a thread of its own.  Throws what `call_on` throws
// when `deadline` passes.
Task<std::vector<Address>> resolve(std::string host, Steady deadline);

}  // namespace loquat::net
