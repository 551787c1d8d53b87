#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::auth {

// How a new password is hashed: OpaqueString of RFC 8265.  Fails with 422 `auth.weak_password` for
// what no keyboard gives in one form: control characters, characters that show nothing.
std::string to_new_password(std::string_view field, std::string_view text);

// What `text` may have been hashed as, the likeliest first: its form, and, of accounts from before
// that rule, as it was typed.
std::vector<std::string> list_password_forms(std::string_view text);

// 10 to 128 characters; not the user name or e-mail address, not one of the most
// common passwords, not one character over and over.  Fails with 422 `auth.weak_password`; `field`
// is named.
void check_new_password(std::string_view field, std::string_view password,
                        std::string_view username, const std::optional<std::string>& email);

// One of the most common passwords of at least 10 characters, in any case.
bool is_common_password(std::string_view password);

}  // namespace loquat::auth
