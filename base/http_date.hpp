#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace loquat {

// An HTTP-date in any of its three forms (RFC 9110 section 5.6.7); none for anything else.
std::optional<Time> parse_http_date(std::string_view text);
// In the form that is written: Sun, 06 Nov 1994 08:49:37 GMT.  Parts of a second are cut.
std::string to_http_date(Time time);

}  // namespace loquat
