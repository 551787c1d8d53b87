#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace loquat::auth {

// Each gives the value as it is stored, or fails with 422 `request.invalid` naming its field.

// Who chooses a user name.  An administrator may give reserved ones, all but `assistant`, which
// asks a model.
enum class NameChoice { own, administrators };

// UsernameCaseMapped of RFC 8265, of that 3 to 32 of a-z 0-9 _ . - .
std::string to_username(std::string_view text, NameChoice choice = NameChoice::own);
// One @, a domain with a dot, at most 254 bytes of ASCII; folded to lower case.  None for an empty
// text.
std::optional<std::string> to_email(std::string_view text);
// A nickname of RFC 8266 with 1 to 64 characters, which can be seen and stays in its line.
std::string to_display_name(std::string_view text);
// The same of one that was stored before that rule; the user name where it does not keep it.
std::string to_shown_name(std::string_view display_name, std::string_view username);

// What is left of a removed account's names.
std::string username_of_removed(const UserId& id);
inline constexpr std::string_view display_name_of_removed = "Removed account";

// What somebody typed to sign in, folded for comparison.  Has an @ exactly when it can only be an
// e-mail.
std::string to_login(std::string_view text);

// A User-Agent field fit for storing: cut to 256 bytes, emptied when it is not printable text.
std::string to_user_agent(std::string_view text);

}  // namespace loquat::auth
