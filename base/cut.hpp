#pragma once
#include <cstddef>
#include <string_view>

namespace loquat {

// The beginning of a text, at most `bytes_max` bytes of it, never cut within a character of UTF-8.
// Every text of others that must be short goes through here: what is cut in the middle of a
// character is no text any more.
constexpr std::string_view cut_text(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) {
        return text;
    }
    constexpr std::size_t continuations_max = 3;
    std::size_t end = bytes_max;
    for (std::size_t back = 0; back <= continuations_max && back <= bytes_max; ++back) {
        if ((static_cast<unsigned char>(text[bytes_max - back]) & 0xC0U) != 0x80U) {
            end = bytes_max - back;
            break;
        }
    }
    return text.substr(0, end);
}

}  // namespace loquat
