#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

// Character classes of HTTP.  Only for net/http itself.
namespace loquat::net::http {

enum CharacterClass : std::uint8_t {
    token_class = 1,  // tchar, RFC 9110 section 5.6.2
    target_class =
        2,           // what may stand in a request target: visible ASCII but  " # < > and backslash
    host_class = 4,  // reg-name without the comma and quotes that no host has
    value_class = 8,  // field value: no control characters but tab
    hex_class = 16,
};

namespace detail {

constexpr bool is_one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        const bool letter = (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z');
        const bool digit = i >= '0' && i <= '9';
        std::uint8_t mask = 0;
        if (letter || digit || (i != 0 && is_one_of(c, "!#$%&'*+-.^_`|~"))) {
            mask |= token_class;
        }
        if (i > 0x20 && i < 0x7f && !is_one_of(c, "\"#<>\\")) {
            mask |= target_class;
        }
        if (letter || digit || (i != 0 && is_one_of(c, "-._~%!$&+;="))) {
            mask |= host_class;
        }
        if ((i >= 0x20 && i != 0x7f) || i == '\t') {
            mask |= value_class;
        }
        if (digit || (i >= 'a' && i <= 'f') || (i >= 'A' && i <= 'F')) {
            mask |= hex_class;
        }
        classes[static_cast<std::size_t>(i)] = mask;
    }
    return classes;
}

inline constexpr std::array<std::uint8_t, 256> classes = make_classes();

}  // namespace detail

inline bool is_in(char c, CharacterClass wanted) {
    return (detail::classes[static_cast<unsigned char>(c)] & wanted) != 0;
}

inline bool are_all_in(std::string_view text, CharacterClass wanted) {
    std::uint8_t common = 0xff;
    for (const char c : text) {
        common &= detail::classes[static_cast<unsigned char>(c)];
    }
    return (common & wanted) != 0;
}

// Eight characters in one word: most fields are judged a word at a time.
using EightCharacters = std::uint64_t;

inline EightCharacters eight_at(const char* text) {
    EightCharacters word = 0;
    std::memcpy(&word, text, sizeof word);
    return word;
}

constexpr EightCharacters each_of_eight(unsigned char c) { return 0x0101'0101'0101'0101ULL * c; }

// Whether one of the eight is below the blank, or DEL.
constexpr bool has_control(EightCharacters word) {
    const EightCharacters is_low = (word - each_of_eight(' ')) & ~word;
    const EightCharacters other = word ^ each_of_eight(0x7f);
    const EightCharacters is_del = (other - each_of_eight(1)) & ~other;
    return ((is_low | is_del) & each_of_eight(0x80)) != 0;
}

// Whether all may stand in a field's value.
inline bool is_value(std::string_view text) {
    if (text.size() < 8) {
        return are_all_in(text, value_class);
    }
    bool may_be_bad = has_control(eight_at(text.data() + text.size() - 8));
    for (std::size_t i = 0; i + 8 < text.size(); i += 8) {
        may_be_bad = may_be_bad || has_control(eight_at(text.data() + i));
    }
    return !may_be_bad || are_all_in(text, value_class);  // a tab is none of the bad ones
}

inline bool is_token(std::string_view text) {
    return !text.empty() && are_all_in(text, token_class);
}

inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Spaces and tabs: OWS, RFC 9110 section 5.6.3.
inline std::string_view trim_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

}  // namespace loquat::net::http
