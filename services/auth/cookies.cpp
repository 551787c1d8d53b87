#include "services/auth/cookies.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "contracts/auth/auth.hpp"

namespace loquat::auth {
namespace {

std::string cookie(const std::string& value, std::int64_t seconds, bool is_secure) {
    std::string text{contracts::refresh_cookie_name};
    text.append("=").append(value).append("; Path=/api/auth; HttpOnly; SameSite=Strict; Max-Age=");
    text.append(std::to_string(seconds));
    return is_secure ? text.append("; Secure") : text;
}

bool is_own_origin(std::string_view origin, std::string_view host) {
    const auto end = origin.find("://");
    return end != std::string_view::npos && !host.empty() &&
           equal_ignoring_case(origin.substr(end + 3), host);
}

}  // namespace

HeaderField make_refresh_cookie(const std::string& token, std::chrono::seconds life,
                                bool is_secure) {
    return {"Set-Cookie", cookie(token, life.count(), is_secure)};
}

HeaderField make_expired_cookie(bool is_secure) { return {"Set-Cookie", cookie("", 0, is_secure)}; }

void check_origin(const contracts::Caller& caller, const std::vector<std::string>& origins) {
    const std::string& origin = caller.origin;
    if (origin.empty() || is_own_origin(origin, caller.host)) {
        return;
    }
    if (std::ranges::any_of(
            origins, [&](const std::string& one) { return equal_ignoring_case(one, origin); })) {
        return;
    }
    throw Failure{Kind::forbidden, "auth.origin_refused", "This site may not use the session."};
}

}  // namespace loquat::auth
