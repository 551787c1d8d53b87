#pragma once
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace loquat::gateway {

// An HTTP-date in any of its three forms (RFC 9110 section 5.6.7); none for anything else.
std::optional<Time> parse_http_time(std::string_view text);

}  // namespace loquat::gateway
