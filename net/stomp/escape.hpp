#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "net/stomp/frame.hpp"

namespace loquat::net::stomp {

// STOMP 1.2 and 1.1, "Value Encoding".  1.0 has no escapes; CONNECT and CONNECTED are never
// escaped, so that they can be read before the version is known.
bool has_escapes(Version version, Command command);

// Appends a header name or value.  What the version cannot say (line ends in 1.0, CR in 1.1)
// becomes a space.
void append_escaped(std::string& out, Version version, Command command, std::string_view text);

// None for an undefined escape: fatal by the specification.
std::optional<std::string> unescape(Version version, std::string_view text);

}  // namespace loquat::net::stomp
