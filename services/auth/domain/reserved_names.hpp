#pragma once
#include <string_view>

namespace loquat::auth {

// Whether a user name speaks for the house, for everybody or for an assistant, or looks as if it
// did: separators left out and digits read as the letters they stand for (ad.min, r00t).
// `username` is folded.
bool is_reserved_username(std::string_view username);

}  // namespace loquat::auth
