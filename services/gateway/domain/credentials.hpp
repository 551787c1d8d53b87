#pragma once
#include <string>
#include <string_view>

namespace loquat::gateway {

// What proves to Loquat who somebody is, and so is nothing for servers behind it: bearer tokens,
// the cookie of a session, `access_token` in a query.

// Whether an Authorization field holds a bearer token, in whatever spelling.
bool is_bearer(std::string_view authorization);

// Whether a Cookie field has a cookie of ours, and the field without it; empty when no other is
// left.
bool has_own_cookie(std::string_view cookies);
std::string without_own_cookies(std::string_view cookies);
// Whether a Set-Cookie field would set one of ours.
bool sets_own_cookie(std::string_view set_cookie);

// Whether a query has the parameter, and the query without it, else byte for byte.
bool has_token_parameter(std::string_view query);
std::string without_token_parameters(std::string_view query);

}  // namespace loquat::gateway
