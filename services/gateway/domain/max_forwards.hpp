#pragma once
#include <cstdint>
#include <optional>

#include "net/http/message.hpp"

namespace loquat::gateway {

inline constexpr std::string_view max_forwards_field = "Max-Forwards";

// How often an OPTIONS or TRACE may still be passed on (RFC 9110 section 7.6.2); none where the
// client has set no limit, and for other methods, which the field does not concern.  Throws
// `http.bad_header`.
std::optional<std::uint64_t> max_forwards(const net::http::RequestHead& head);

// Such a request ends here: it is not passed on to any server.
inline bool is_last_hop(const net::http::RequestHead& head) { return max_forwards(head) == 0; }

}  // namespace loquat::gateway
