#pragma once
#include <cstddef>
#include <string_view>

namespace loquat::chat {

// Letters of ASCII, digits and `_.-`: what user names are made of.
constexpr bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

// Where a bare address begins in a word of text (without white space and `<`); it goes on to the
// word's end.  The word's size when there is none.  Addresses begin with `scheme://`, `mailto:`,
// `www.`, or a host and `/`, where a host has a dot or a port; not after a name character, `@` or
// `/`.
std::size_t find_address(std::string_view word);

}  // namespace loquat::chat
