#pragma once
#include <string>

#include "base/clock.hpp"

namespace loquat::config {

// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
std::string to_http_date(Time time);

}  // namespace loquat::config
