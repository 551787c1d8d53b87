#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace loquat {

// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);
// Code points of valid UTF-8.
std::size_t count_characters(std::string_view text);

// CRLF and lone CR become LF.
std::string normalise_line_ends(std::string_view text);
// The byte offset of the first control character other than tab and newline (C0, DEL, C1); none if
// clean.
std::optional<std::size_t> find_control_character(std::string_view text);

std::string to_lower_ascii(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

// Decimal digits only; no sign, no space; none on overflow.
std::optional<std::uint64_t> parse_number(std::string_view text);

// RFC 3986 percent decoding; none for a bad escape.  `+` stays a plus.
std::optional<std::string> percent_decode(std::string_view text);
// Leaves unreserved characters (RFC 3986 section 2.3) alone and escapes all else.
std::string percent_encode(std::string_view text);

// The candidate nearest to `word` by Damerau-Levenshtein distance, if it is near enough to be a
// typing error (distance at most a third of the length, at least 1).
std::optional<std::string> suggest(std::string_view word, std::span<const std::string> candidates);

}  // namespace loquat
