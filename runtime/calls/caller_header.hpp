#pragma once
#include <string>
#include <string_view>

#include "contracts/core/caller.hpp"
#include "net/http/message.hpp"

namespace loquat::runtime {

// How a caller travels between processes: these fields are believed only beside the right internal
// key, and a gateway never lets them through from outside.
inline constexpr std::string_view caller_field = "X-Loquat-Caller";
inline constexpr std::string_view internal_key_field = "X-Internal-API-Key";
inline constexpr std::string_view deadline_field = "X-Loquat-Deadline-Ms";

// The trace of a W3C traceparent, for logs; empty when it is none.
std::string_view trace_id_of(std::string_view trace_parent);

std::string encode_caller(const contracts::Caller& caller);
// Throws `request.bad_caller` (malformed).
contracts::Caller decode_caller(std::string_view text);

// Adds who asks, the trace and how much time is left.
void add_caller(net::http::Headers& headers, const contracts::Caller& caller,
                std::string_view internal_key);

}  // namespace loquat::runtime
