#include "base/unicode/precis.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/unicode/characters.hpp"
#include "base/unicode/precis_context.hpp"

namespace loquat::precis {
namespace {

using unicode::Category;
using unicode::traits_of;

constexpr char32_t joiner = 0x200D;
constexpr char32_t emoji_selector = 0xFE0F;
constexpr char32_t space = 0x20;
// RFC 8264 section 7: rules are applied until nothing changes, four times at most.
constexpr int rounds_max = 4;

// RFC 8264 section 9.6, which is that of RFC 5892 section 2.6.
constexpr std::u32string_view always_valid = U"\u00DF\u03C2\u06FD\u06FE\u0F0B\u3007";
constexpr std::u32string_view always_context = U"\u00B7\u0375\u05F3\u05F4\u30FB";
constexpr std::u32string_view never_valid =
    U"\u0640\u07FA\u302E\u302F\u3031\u3032\u3033\u3034\u3035\u303B";

bool is_arabic_digit(char32_t c) {
    return (c >= 0x0660 && c <= 0x0669) || (c >= 0x06F0 && c <= 0x06F9);
}

bool has_compatibility_form(char32_t character) {
    const std::string text = unicode::to_utf8({&character, 1});
    return unicode::to_nfkc(text) != text;
}

Property property_of_category(Category category) {
    switch (category) {
        case Category::letter_or_digit:
        case Category::mark:
            return Property::valid;
        case Category::other_letter:
        case Category::enclosing_mark:
        case Category::space:
        case Category::symbol:
        case Category::punctuation:
            return Property::free_only;
        default:
            return Property::disallowed;
    }
}

enum class Class { identifier, free };
enum class Emoji { refused, allowed };

// Whether the character at `at` holds an emoji together: a selector behind one, a joiner between.
bool belongs_to_emoji(std::u32string_view text, std::size_t at) {
    const auto is_picture = [&](std::size_t i) {
        return i < text.size() && traits_of(text[i]).is_pictographic;
    };
    const auto is_toned = [&](std::size_t i) {
        return i > 0 && text[i] >= 0x1F3FB && text[i] <= 0x1F3FF && is_picture(i - 1);
    };
    if (at == 0) {
        return false;
    }
    if (text[at] == emoji_selector) {
        return is_picture(at - 1);
    }
    const bool follows = is_picture(at - 1) || is_toned(at - 1) ||
                         (at > 1 && text[at - 1] == emoji_selector && is_picture(at - 2));
    return text[at] == joiner && follows && is_picture(at + 1);
}

bool is_allowed(std::u32string_view text, std::size_t at, Class in, Emoji emoji) {
    switch (property_of(text[at])) {
        case Property::valid:
            return true;
        case Property::free_only:
            return in == Class::free;
        case Property::context_join:
        case Property::context_other:
            return fits_its_context(text, at) ||
                   (emoji == Emoji::allowed && belongs_to_emoji(text, at));
        default:
            return emoji == Emoji::allowed && belongs_to_emoji(text, at);
    }
}

bool is_in_class(std::u32string_view text, Class in, Emoji emoji = Emoji::refused) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!is_allowed(text, at, in, emoji)) {
            return false;
        }
    }
    return true;
}

// Fullwidth and halfwidth characters become those they stand for (RFC 8264 section 5.2.1).
std::u32string map_width(std::u32string_view text) {
    std::u32string mapped;
    for (const char32_t character : text) {
        if (traits_of(character).is_width_variant) {
            mapped += unicode::to_characters(unicode::to_nfkc(unicode::to_utf8({&character, 1})));
        } else {
            mapped.push_back(character);
        }
    }
    return mapped;
}

std::u32string lower(std::u32string_view text) {
    std::u32string mapped;
    for (const char32_t character : text) {
        // The one letter whose full mapping in SpecialCasing.txt is not the simple one.
        if (character == 0x0130) {
            mapped += U"i\u0307";
        } else {
            mapped.push_back(unicode::to_lower(character));
        }
    }
    return mapped;
}

std::u32string map_spaces(std::u32string_view text) {
    std::u32string mapped{text};
    for (char32_t& character : mapped) {
        if (traits_of(character).category == Category::space) {
            character = space;
        }
    }
    return mapped;
}

// Spaces as one, none around.
std::u32string fold_spaces(std::u32string_view text) {
    std::u32string folded;
    for (const char32_t character : map_spaces(text)) {
        if (character != space || (!folded.empty() && folded.back() != space)) {
            folded.push_back(character);
        }
    }
    while (!folded.empty() && folded.back() == space) {
        folded.pop_back();
    }
    return folded;
}

std::optional<std::string> none_if_empty(std::string text) {
    return text.empty() ? std::nullopt : std::optional{std::move(text)};
}

template <class Rules>
std::optional<std::string> repeat(std::string text, Rules rules) {
    for (int round = 0; round < rounds_max; ++round) {
        std::string next = rules(text);
        if (next == text) {
            return none_if_empty(std::move(text));
        }
        text = std::move(next);
    }
    return std::nullopt;
}

}  // namespace

Property property_of(char32_t character) {
    if (always_valid.contains(character)) {
        return Property::valid;
    }
    if (always_context.contains(character) || is_arabic_digit(character)) {
        return Property::context_other;
    }
    if (never_valid.contains(character)) {
        return Property::disallowed;
    }
    const auto traits = traits_of(character);
    if (traits.category == Category::unassigned) {
        return Property::unassigned;
    }
    if (character >= 0x21 && character <= 0x7E) {
        return Property::valid;
    }
    if (character == 0x200C || character == joiner) {
        return Property::context_join;
    }
    if (traits.is_conjoining_jamo || traits.is_ignorable || traits.category == Category::control) {
        return Property::disallowed;
    }
    const Property plain = property_of_category(traits.category);
    const bool is_shown = plain != Property::disallowed;
    return is_shown && has_compatibility_form(character) ? Property::free_only : plain;
}

std::optional<std::string> to_username_case_mapped(std::string_view text) {
    if (!is_utf8(text)) {
        return std::nullopt;
    }
    const std::u32string prepared = map_width(unicode::to_characters(text));
    if (!is_in_class(prepared, Class::identifier)) {
        return std::nullopt;
    }
    std::string mapped = unicode::to_nfc(unicode::to_utf8(lower(prepared)));
    const std::u32string characters = unicode::to_characters(mapped);
    if (!is_in_class(characters, Class::identifier) || !keeps_bidi_rule(characters)) {
        return std::nullopt;
    }
    return none_if_empty(std::move(mapped));
}

std::optional<std::string> to_opaque_string(std::string_view text) {
    if (!is_utf8(text)) {
        return std::nullopt;
    }
    const std::u32string characters = unicode::to_characters(text);
    if (!is_in_class(characters, Class::free)) {
        return std::nullopt;
    }
    return none_if_empty(unicode::to_nfc(unicode::to_utf8(map_spaces(characters))));
}

std::optional<std::string> to_nickname(std::string_view text) {
    if (!is_utf8(text)) {
        return std::nullopt;
    }
    if (!is_in_class(fold_spaces(unicode::to_characters(text)), Class::free, Emoji::allowed)) {
        return std::nullopt;
    }
    return repeat(std::string{text}, [](const std::string& form) {
        return unicode::to_nfkc(unicode::to_utf8(fold_spaces(unicode::to_characters(form))));
    });
}

std::optional<std::string> to_nickname_key(std::string_view text) {
    const auto enforced = to_nickname(text);
    if (!enforced) {
        return std::nullopt;
    }
    return repeat(*enforced, [](const std::string& form) {
        const std::u32string folded = fold_spaces(unicode::to_characters(form));
        return unicode::to_nfkc(unicode::to_utf8(lower(folded)));
    });
}

}  // namespace loquat::precis
