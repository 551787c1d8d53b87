#include "base/unicode/precis_context.hpp"

#include <algorithm>

#include "base/unicode/characters.hpp"
#include "base/unicode/tables.hpp"

namespace loquat::precis {
namespace {

using unicode::Direction;
using unicode::Joining;
using unicode::joining_of;
using unicode::Script;
using unicode::script_of;
using unicode::traits_of;

constexpr int virama = 9;  // Canonical_Combining_Class

bool follows_virama(std::u32string_view text, std::size_t at) {
    return at > 0 && traits_of(text[at - 1]).combining_class == virama;
}

// (Joining_Type:{L,D})(T)*  ZWNJ  (T)*(Joining_Type:{R,D})
bool is_between_joining(std::u32string_view text, std::size_t at) {
    std::size_t before = at;
    while (before > 0 && joining_of(text[before - 1]) == Joining::transparent) {
        --before;
    }
    std::size_t after = at + 1;
    while (after < text.size() && joining_of(text[after]) == Joining::transparent) {
        ++after;
    }
    if (before == 0 || after == text.size()) {
        return false;
    }
    const Joining left = joining_of(text[before - 1]);
    const Joining right = joining_of(text[after]);
    return (left == Joining::left || left == Joining::both) &&
           (right == Joining::right || right == Joining::both);
}

bool is_japanese(char32_t c) {
    const Script script = script_of(c);
    return script == Script::hiragana || script == Script::katakana || script == Script::han;
}

bool is_arabic_indic(char32_t c) { return c >= 0x0660 && c <= 0x0669; }
bool is_extended_arabic_indic(char32_t c) { return c >= 0x06F0 && c <= 0x06F9; }

bool starts_right(Direction direction) {
    return direction == Direction::right || direction == Direction::arabic;
}

// Conditions 2 to 4, for texts that begin from right to left.
bool is_right_text(std::u32string_view text, Direction last) {
    bool has_digit = false;
    bool has_arabic_digit = false;
    for (const char32_t character : text) {
        const Direction direction = traits_of(character).direction;
        if (direction == Direction::left || direction == Direction::other) {
            return false;
        }
        has_digit = has_digit || direction == Direction::digit;
        has_arabic_digit = has_arabic_digit || direction == Direction::arabic_digit;
    }
    return !(has_digit && has_arabic_digit) &&
           (starts_right(last) || last == Direction::digit || last == Direction::arabic_digit);
}

}  // namespace

bool fits_its_context(std::u32string_view text, std::size_t at) {
    const char32_t before = at > 0 ? text[at - 1] : U'\0';
    const char32_t after = at + 1 < text.size() ? text[at + 1] : U'\0';
    switch (text[at]) {
        case 0x200C:  // zero width non-joiner
            return follows_virama(text, at) || is_between_joining(text, at);
        case 0x200D:  // zero width joiner
            return follows_virama(text, at);
        case 0x00B7:  // middle dot
            return before == U'l' && after == U'l';
        case 0x0375:  // Greek keraia
            return script_of(after) == Script::greek;
        case 0x05F3:  // Hebrew geresh and gershayim
        case 0x05F4:
            return script_of(before) == Script::hebrew;
        case 0x30FB:  // Katakana middle dot
            return std::ranges::any_of(text, is_japanese);
        default:
            break;
    }
    if (is_arabic_indic(text[at])) {
        return std::ranges::none_of(text, is_extended_arabic_indic);
    }
    return is_extended_arabic_indic(text[at]) && std::ranges::none_of(text, is_arabic_indic);
}

bool keeps_bidi_rule(std::u32string_view text) {
    const bool is_bidi = std::ranges::any_of(text, [](char32_t character) {
        const Direction direction = traits_of(character).direction;
        return starts_right(direction) || direction == Direction::arabic_digit;
    });
    if (!is_bidi) {
        return true;
    }
    Direction last = Direction::other;
    for (const char32_t character : text) {
        const Direction direction = traits_of(character).direction;
        last = direction == Direction::nonspacing ? last : direction;
    }
    // A text that begins from left to right may hold nothing of the other kind (condition 5), and
    // this one does.
    return starts_right(traits_of(text.front()).direction) && is_right_text(text, last);
}

}  // namespace loquat::precis
