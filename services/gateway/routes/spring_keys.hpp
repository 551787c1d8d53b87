#pragma once
#include <vector>

#include "services/gateway/config.hpp"
#include "services/gateway/routes/spring_routes.hpp"

namespace loquat::gateway {

// Settings of Spring Cloud Gateway that came one by one, as the file that they would stand in.
// Throws Failure `config.invalid` where they are none: a list with a hole, a key that is a text and
// a map at once.  What is no path of a setting is left out, unless it is one of a route.
SpringFile to_file(const std::vector<SpringKey>& keys);

}  // namespace loquat::gateway
