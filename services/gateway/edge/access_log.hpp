#pragma once
#include <chrono>

#include "services/gateway/edge/request.hpp"

namespace loquat::gateway {

// One record for each request: method, path without its query, status, time, bytes, who and from
// where. Tokens and query strings are never written.
void log_access(const Request& request, std::chrono::nanoseconds took);

}  // namespace loquat::gateway
