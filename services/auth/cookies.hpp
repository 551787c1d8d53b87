#pragma once
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "contracts/core/caller.hpp"

namespace loquat::auth {

using HeaderField = std::pair<std::string, std::string>;

// The refresh token for a browser: HttpOnly, SameSite=Strict, only sent to /api/auth, Secure over
// TLS.
HeaderField make_refresh_cookie(const std::string& token, std::chrono::seconds life,
                                bool is_secure);
HeaderField make_expired_cookie(bool is_secure);

// A request that is proven by the cookie alone must not come from another site.  An Origin, where
// one is sent, must be the host itself or one of `origins`; else 403 `auth.origin_refused`.
void check_origin(const contracts::Caller& caller, const std::vector<std::string>& origins);

}  // namespace loquat::auth
