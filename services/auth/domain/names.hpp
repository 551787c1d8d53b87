#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace loquat::auth {

// Each gives the value as it is stored, or fails with 422 `request.invalid` naming its field.

// 3 to 32 of a-z 0-9 _ . - ; upper case is folded.  `assistant` is taken: mentions of it ask a
// model.
std::string to_username(std::string_view text);
// One @, a domain with a dot, at most 254 bytes of ASCII; folded to lower case.  None for an empty
// text.
std::optional<std::string> to_email(std::string_view text);
// 1 to 64 characters without control characters, trimmed.
std::string to_display_name(std::string_view text);

// What somebody typed to sign in, folded for comparison.  Has an @ exactly when it can only be an
// e-mail.
std::string to_login(std::string_view text);

// A User-Agent field fit for storing: cut to 256 bytes, emptied when it is not printable text.
std::string to_user_agent(std::string_view text);

}  // namespace loquat::auth
