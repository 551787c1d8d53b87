#include "base/unicode/precis_context.hpp"

#include <algorithm>
#include <array>

#include "base/unicode/characters.hpp"

namespace loquat::precis {
namespace {

using unicode::Direction;
using unicode::traits_of;

struct Range {
    char32_t first;
    char32_t last;
};

template <std::size_t N>
constexpr bool is_in(const std::array<Range, N>& ranges, char32_t character) {
    return std::ranges::any_of(ranges, [character](const Range& range) {
        return range.first <= character && character <= range.last;
    });
}

constexpr int virama = 9;  // Canonical_Combining_Class

constexpr std::array greek{Range{0x0370, 0x0373}, Range{0x0375, 0x0377}, Range{0x037A, 0x037D},
                           Range{0x037F, 0x037F}, Range{0x0384, 0x0384}, Range{0x0386, 0x0386},
                           Range{0x0388, 0x03E1}, Range{0x03F0, 0x03FF}, Range{0x1F00, 0x1FFE}};
constexpr std::array hebrew{Range{0x0591, 0x05C7}, Range{0x05D0, 0x05EA}, Range{0x05EF, 0x05F4},
                            Range{0xFB1D, 0xFB4F}};
// Hiragana, Katakana and Han, for U+30FB.
constexpr std::array japanese{Range{0x3041, 0x3096}, Range{0x309D, 0x309F},   Range{0x30A1, 0x30FA},
                              Range{0x30FD, 0x30FF}, Range{0x31F0, 0x31FF},   Range{0xFF66, 0xFF6F},
                              Range{0xFF71, 0xFF9D}, Range{0x1B000, 0x1B167}, Range{0x2E80, 0x2FD5},
                              Range{0x3005, 0x3005}, Range{0x3007, 0x3007},   Range{0x3021, 0x3029},
                              Range{0x3038, 0x303B}, Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},
                              Range{0xF900, 0xFAD9}, Range{0x20000, 0x323AF}};

// Scripts whose letters join (Joining_Type D or R): Arabic, Syriac, N'Ko, Mandaic, Mongolian,
// Phags-pa, Manichaean, Psalter Pahlavi, Hanifi Rohingya, Sogdian, Adlam.
constexpr std::array joining{
    Range{0x0620, 0x064A},   Range{0x066E, 0x06D5},   Range{0x06EE, 0x06FF},
    Range{0x0710, 0x077F},   Range{0x07CA, 0x07EA},   Range{0x0840, 0x0858},
    Range{0x0860, 0x08C7},   Range{0x1807, 0x18AA},   Range{0xA840, 0xA872},
    Range{0x10AC0, 0x10AEF}, Range{0x10B80, 0x10BAF}, Range{0x10D00, 0x10D23},
    Range{0x10F30, 0x10F6F}, Range{0x1E900, 0x1E943}};
// Those of them that join to the right only (Joining_Type R) or not at all (U).
constexpr std::array joining_right{
    Range{0x0621, 0x0625}, Range{0x0627, 0x0627}, Range{0x0629, 0x0629}, Range{0x062F, 0x0632},
    Range{0x0648, 0x0648}, Range{0x0671, 0x0677}, Range{0x0688, 0x0699}, Range{0x06C0, 0x06C0},
    Range{0x06C3, 0x06CB}, Range{0x06CD, 0x06CD}, Range{0x06CF, 0x06CF}, Range{0x06D2, 0x06D5},
    Range{0x06EE, 0x06EF}, Range{0x0710, 0x0710}, Range{0x0715, 0x0719}, Range{0x071E, 0x071E},
    Range{0x0728, 0x0728}, Range{0x072A, 0x072A}, Range{0x072C, 0x072C}, Range{0x072F, 0x072F},
    Range{0x074D, 0x074D}, Range{0x0759, 0x075B}, Range{0x076B, 0x076C}, Range{0x0771, 0x0771},
    Range{0x0773, 0x0774}, Range{0x0778, 0x0779}};

bool is_transparent(char32_t character) {
    return traits_of(character).direction == Direction::nonspacing;
}

bool follows_virama(std::u32string_view text, std::size_t at) {
    return at > 0 && traits_of(text[at - 1]).combining_class == virama;
}

// (Joining_Type:{L,D})(T)*  ZWNJ  (T)*(Joining_Type:{R,D})
bool is_between_joining(std::u32string_view text, std::size_t at) {
    std::size_t before = at;
    while (before > 0 && is_transparent(text[before - 1])) {
        --before;
    }
    std::size_t after = at + 1;
    while (after < text.size() && is_transparent(text[after])) {
        ++after;
    }
    return before > 0 && after < text.size() && is_in(joining, text[before - 1]) &&
           !is_in(joining_right, text[before - 1]) && is_in(joining, text[after]) &&
           text[after] != 0x0621;
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
            return is_in(greek, after);
        case 0x05F3:  // Hebrew geresh and gershayim
        case 0x05F4:
            return is_in(hebrew, before);
        case 0x30FB:  // Katakana middle dot
            return std::ranges::any_of(text, [](char32_t c) { return is_in(japanese, c); });
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
