#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace loquat::auth {

// 10 to 128 characters, taken as they are; not the user name or e-mail address, not one of the most
// common passwords, not one character over and over.  Fails with 422 `auth.weak_password`; `field`
// is named.
void check_new_password(std::string_view field, std::string_view password,
                        std::string_view username, const std::optional<std::string>& email);

// One of the most common passwords of at least 10 characters, in any case.
bool is_common_password(std::string_view password);

}  // namespace loquat::auth
