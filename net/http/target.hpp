#pragma once
#include <string_view>

#include "net/http/message.hpp"

// Request targets and hosts.  Only for net/http itself.
namespace loquat::net::http::detail {

// host [ ":" port ]: a name, an IPv4 address or a bracketed IPv6 one (RFC 9110 section 7.2); not
// empty.
bool is_valid_authority(std::string_view text);

// Fills path and query, and host for the absolute form (RFC 9112 section 3.2).  Escapes in the path
// must be well formed and not NUL.
bool split_target(RequestHead& head);

}  // namespace loquat::net::http::detail
