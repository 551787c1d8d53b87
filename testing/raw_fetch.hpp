#pragma once
#include <string>

namespace loquat::test {

// Sends `request` as it is to `address` (http://127.0.0.1:PORT) and gives what comes back until the
// server closes: head and body.  Blocks, and needs no loop.
std::string raw_fetch(const std::string& address, const std::string& request);

}  // namespace loquat::test
