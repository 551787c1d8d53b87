#pragma once
#include <string>
#include <string_view>

// What the Unicode character database says, through utf8proc: the one place that asks it.  Texts
// are valid UTF-8.
namespace loquat::unicode {

// General categories, by the groups that rules ask for.
enum class Category {
    unassigned,       // Cn
    letter_or_digit,  // Lu Ll Lo Lm Nd
    mark,             // Mn Mc
    other_letter,     // Lt Nl No
    enclosing_mark,   // Me
    punctuation,      // P*
    symbol,           // S*
    space,            // Zs
    line_separator,   // Zl Zp
    control,          // Cc
    format,           // Cf
    private_use,      // Co
};

// Bidirectional classes (UAX 9) as far as the bidi rule of RFC 5893 tells them apart.
enum class Direction { left, right, arabic, digit, arabic_digit, separator, nonspacing, other };

struct Traits {
    Category category = Category::unassigned;
    Direction direction = Direction::other;
    int combining_class = 0;
    bool is_ignorable = false;        // Default_Ignorable_Code_Point
    bool is_conjoining_jamo = false;  // Hangul_Syllable_Type L, V or T
    bool is_pictographic = false;     // Extended_Pictographic
    bool is_width_variant = false;    // decomposes as <wide> or <narrow>
    bool turns_text = false;          // embeds, overrides or isolates a direction, or ends that
};
Traits traits_of(char32_t character);

char32_t to_lower(char32_t character);

std::u32string to_characters(std::string_view text);
std::string to_utf8(std::u32string_view characters);

std::string to_nfc(std::string_view text);
std::string to_nfd(std::string_view text);
std::string to_nfkc(std::string_view text);
// NFKD after full case folding, without what Default_Ignorable_Code_Point names.
std::string to_folded_nfkd(std::string_view text);

}  // namespace loquat::unicode
