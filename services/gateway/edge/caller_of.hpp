#pragma once
#include "contracts/core/caller.hpp"
#include "services/gateway/edge/request.hpp"

namespace loquat::gateway {

// Who asks, as the services behind see it.  What is compared is handed on whole.  Throws
// `request.invalid` for an Idempotency-Key that is none, or that is given twice.
contracts::Caller caller_of(const Request& request, Steady deadline);

// The value of one cookie; empty when it is absent.
std::string_view find_cookie(std::string_view cookie_field, std::string_view name);

// Up to 200 bytes of what may become part of a log line or a session's name.
std::string_view short_field(const net::http::RequestHead& head, std::string_view name);

}  // namespace loquat::gateway
