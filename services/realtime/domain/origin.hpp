#pragma once
#include <span>
#include <string>
#include <string_view>

namespace loquat::realtime {

// Whether a page of `origin` (RFC 6454) may open a connection to `host` (a Host header): its own
// host, or one of `allowed`.  Clients that are no browsers send no Origin and may.
bool is_allowed_origin(std::string_view origin, std::string_view host,
                       std::span<const std::string> allowed);

}  // namespace loquat::realtime
