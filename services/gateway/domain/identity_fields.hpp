#pragma once
#include <string_view>

namespace loquat::gateway {

// What a server behind is told of the caller; clients cannot send these (RequestFieldFilter).
inline constexpr std::string_view user_field = "X-Loquat-User";
inline constexpr std::string_view role_field = "X-Loquat-Role";
inline constexpr std::string_view identity_field = "X-Loquat-Identity";
inline constexpr std::string_view identity_type = "loquat-identity+jwt";
inline constexpr std::string_view identity_keys_path = "/.well-known/identity-jwks.json";

}  // namespace loquat::gateway
