#include "base/unicode/fold.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "base/unicode/characters.hpp"
#include "base/unicode/tables.hpp"

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

std::string to_skeleton(std::string_view text) {
    std::u32string skeleton;
    for (const char32_t character : to_characters(to_nfd(text))) {
        if (traits_of(character).is_ignorable) {
            continue;
        }
        const std::u32string_view prototype = prototype_of(character);
        if (prototype.empty()) {
            skeleton.push_back(character);
        } else {
            skeleton += prototype;
        }
    }
    return to_nfd(to_utf8(skeleton));
}

Look to_look(std::string_view text) {
    if (!is_utf8(text)) {
        const std::string folded = to_lower_ascii(text);
        return {folded, folded};
    }
    std::u32string seen = to_characters(text);
    std::erase_if(seen, [](char32_t character) {
        return traits_of(character).category == Category::space || character == 0x2800;
    });
    const std::string written = to_utf8(seen);
    return {to_folded_nfkd(to_skeleton(written)),
            to_folded_nfkd(to_skeleton(to_folded_nfkd(written)))};
}

std::string to_one_way_line(std::string_view text) {
    if (!is_utf8(text)) {
        return std::string{text};
    }
    std::u32string kept = to_characters(text);
    std::erase_if(kept, [](char32_t character) {
        const Traits traits = traits_of(character);
        return traits.turns_text || traits.category == Category::line_separator;
    });
    return to_utf8(kept);
}

bool are_alike(const Look& one, const Look& other) {
    const auto is_same = [](const std::string& a, const std::string& b) {
        return !a.empty() && a == b;
    };
    return is_same(one.drawn, other.drawn) || is_same(one.folded, other.folded);
}

}  // namespace loquat::unicode
