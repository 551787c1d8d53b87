#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loquat {

std::string to_hex(std::string_view bytes);

// RFC 4648 section 5 without padding.  Decoding is strict: no padding, no white space, no other
// alphabet, and unused bits must be zero, so that each value has exactly one text.
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);
// RFC 4648 section 4 with padding.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

// Takes the same time wherever the first difference is.  Different sizes are unequal at once.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace loquat
