#include "base/unicode/fold.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "base/unicode/characters.hpp"

namespace loquat::unicode {
namespace {

using Pair = std::pair<char32_t, std::u32string_view>;

template <std::size_t N>
constexpr std::array<Pair, N> sorted(std::array<Pair, N> pairs) {
    std::ranges::sort(pairs, {}, &Pair::first);
    return pairs;
}

template <std::size_t N>
std::u32string replace(std::u32string_view text, const std::array<Pair, N>& pairs) {
    std::u32string replaced;
    for (const char32_t character : text) {
        const auto at = std::ranges::lower_bound(pairs, character, {}, &Pair::first);
        if (at != pairs.end() && at->first == character) {
            replaced += at->second;
        } else {
            replaced.push_back(character);
        }
    }
    return replaced;
}

// Letters without a decomposition that people type as others.
constexpr auto plain_letters = sorted(std::to_array<Pair>({
    {U'æ', U"ae"}, {U'œ', U"oe"}, {U'ø', U"o"}, {U'đ', U"d"},  {U'ð', U"d"},
    {U'ł', U"l"},  {U'ħ', U"h"},  {U'ŧ', U"t"}, {U'þ', U"th"}, {U'ı', U"i"},
    {U'ŋ', U"n"},  {U'ĸ', U"k"},  {U'ƒ', U"f"}, {U'ə', U"e"},  {U'ʼ', U"'"},
    {U'’', U"'"},  {U'‘', U"'"},  {U'‐', U"-"}, {U'–', U"-"},  {U'—', U"-"},
}));

// After case folding.
constexpr auto alike = sorted(std::to_array<Pair>({
    // Latin letters, digits and signs.  A capital i looks like a small l, and case is folded.
    {U'i', U"l"},
    {U'm', U"rn"},
    {U'w', U"vv"},
    {U'0', U"o"},
    {U'1', U"l"},
    {U'|', U"l"},
    {U'ı', U"i"},
    {U'‐', U"-"},
    {U'–', U"-"},
    {U'—', U"-"},
    {U'−', U"-"},
    {U'’', U"'"},
    {U'‘', U"'"},
    {U'ʼ', U"'"},
    {U'ɑ', U"a"},
    {U'ɡ', U"g"},
    {U'ɩ', U"i"},
    {U'ʏ', U"y"},
    {U'ꞵ', U"b"},
    {U'ƽ', U"s"},
    {U'ⅼ', U"l"},
    // Cyrillic
    {U'а', U"a"},
    {U'в', U"b"},
    {U'е', U"e"},
    {U'һ', U"h"},
    {U'і', U"i"},
    {U'ј', U"j"},
    {U'к', U"k"},
    {U'ӏ', U"l"},
    {U'м', U"m"},
    {U'н', U"h"},
    {U'о', U"o"},
    {U'р', U"p"},
    {U'ԛ', U"q"},
    {U'ѕ', U"s"},
    {U'т', U"t"},
    {U'с', U"c"},
    {U'у', U"y"},
    {U'ү', U"y"},
    {U'х', U"x"},
    {U'ԝ', U"w"},
    {U'ѵ', U"v"},
    {U'ԁ', U"d"},
    {U'г', U"r"},
    {U'з', U"3"},
    {U'б', U"6"},
    {U'ь', U"b"},
    {U'ѡ', U"w"},
    // Greek
    {U'α', U"a"},
    {U'β', U"b"},
    {U'ε', U"e"},
    {U'ζ', U"z"},
    {U'η', U"n"},
    {U'ι', U"i"},
    {U'κ', U"k"},
    {U'μ', U"u"},
    {U'ν', U"v"},
    {U'ο', U"o"},
    {U'ρ', U"p"},
    {U'σ', U"o"},
    {U'τ', U"t"},
    {U'υ', U"u"},
    {U'χ', U"x"},
    {U'γ', U"y"},
    {U'ω', U"w"},
    {U'ϳ', U"j"},
    {U'ϲ', U"c"},
    // Armenian
    {U'օ', U"o"},
    {U'ս', U"u"},
    {U'հ', U"h"},
    {U'ո', U"n"},
    {U'ց', U"g"},
    {U'զ', U"q"},
    // Cherokee, whose folding is to its capitals
    {U'Ꭰ', U"d"},
    {U'Ꭱ', U"r"},
    {U'Ꭲ', U"t"},
    {U'Ꭵ', U"i"},
    {U'Ꭹ', U"y"},
    {U'Ꭺ', U"a"},
    {U'Ꭻ', U"j"},
    {U'Ꭼ', U"e"},
    {U'Ꮃ', U"w"},
    {U'Ꮇ', U"m"},
    {U'Ꮋ', U"h"},
    {U'Ꮐ', U"g"},
    {U'Ꮓ', U"z"},
    {U'Ꮞ', U"4"},
    {U'Ꮢ', U"r"},
    {U'Ꮤ', U"w"},
    {U'Ꮥ', U"s"},
    {U'Ꮩ', U"v"},
    {U'Ꮪ', U"s"},
    {U'Ꮮ', U"l"},
    {U'Ꮯ', U"c"},
    {U'Ꮲ', U"p"},
    {U'Ꮶ', U"k"},
    {U'Ꮷ', U"d"},
}));

bool is_mark(char32_t character) {
    const Category category = traits_of(character).category;
    return category == Category::mark || category == Category::enclosing_mark;
}

// Marks that people leave out: of Latin, Greek and Cyrillic letters, Hebrew points, Arabic harakat.
bool is_left_out(char32_t mark) {
    return (mark >= 0x0300 && mark <= 0x036F) || (mark >= 0x0591 && mark <= 0x05C7) ||
           (mark >= 0x064B && mark <= 0x065F) || mark == 0x0670 ||
           (mark >= 0x1AB0 && mark <= 0x1AFF) || (mark >= 0x1DC0 && mark <= 0x1DFF);
}

// й is no и.
bool makes_another_letter(char32_t base, char32_t mark) { return base == U'и' && mark == 0x0306; }

std::u32string without_marks(std::u32string_view text) {
    std::u32string kept;
    for (const char32_t character : text) {
        const char32_t base = kept.empty() ? U'\0' : kept.back();
        if (!is_mark(character) || !is_left_out(character) ||
            makes_another_letter(base, character)) {
            kept.push_back(character);
        }
    }
    return kept;
}

}  // namespace

std::string to_search_key(std::string_view text) {
    if (!is_utf8(text)) {
        return to_lower_ascii(text);
    }
    const std::u32string folded = to_characters(to_folded_nfkd(text));
    return to_nfc(to_utf8(replace(without_marks(folded), plain_letters)));
}

std::string to_look(std::string_view text) {
    if (!is_utf8(text)) {
        return to_lower_ascii(text);
    }
    std::u32string seen = to_characters(to_folded_nfkd(text));
    std::erase_if(seen, [](char32_t character) {
        return traits_of(character).category == Category::space || character == 0x2800;
    });
    // The first pass leaves Latin letters alone, some of which look like others.
    return to_nfc(to_utf8(replace(replace(seen, alike), alike)));
}

}  // namespace loquat::unicode
