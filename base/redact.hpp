#pragma once
#include <string>
#include <string_view>

namespace loquat {

// `text` of somebody else without `secret`, for logs: in any case, whole or a part of at least
// eight characters; also in hexadecimal or base64, with escapes of addresses, JSON or pages (twice,
// too), and with something between its letters.  Hide first, cut after: a half of a secret is not
// found any more.
std::string hide_secret(std::string_view text, std::string_view secret);

// `text` without what addresses in it carry of credentials: `user:password@` and the values of
// query parameters that are named like a key, a token, a password or a signature.
std::string hide_credentials(std::string_view text);

// Whether something of that name is a credential: internal_key, X-Api-Key, access_token.
bool sounds_secret(std::string_view name);

}  // namespace loquat
