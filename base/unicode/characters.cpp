#include "base/unicode/characters.hpp"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <new>

#include "base/check.hpp"

namespace loquat::unicode {
namespace {

Category category_of(utf8proc_propval_t category) {
    switch (category) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_ND:
            return Category::letter_or_digit;
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
            return Category::mark;
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_NO:
            return Category::other_letter;
        case UTF8PROC_CATEGORY_ME:
            return Category::enclosing_mark;
        case UTF8PROC_CATEGORY_ZS:
            return Category::space;
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP:
            return Category::line_separator;
        case UTF8PROC_CATEGORY_CC:
            return Category::control;
        case UTF8PROC_CATEGORY_CF:
            return Category::format;
        case UTF8PROC_CATEGORY_CO:
            return Category::private_use;
        default:
            break;
    }
    if (category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO) {
        return Category::punctuation;
    }
    const bool is_symbol = category >= UTF8PROC_CATEGORY_SM && category <= UTF8PROC_CATEGORY_SO;
    return is_symbol ? Category::symbol : Category::unassigned;
}

Direction direction_of(utf8proc_propval_t direction) {
    switch (direction) {
        case UTF8PROC_BIDI_CLASS_L:
            return Direction::left;
        case UTF8PROC_BIDI_CLASS_R:
            return Direction::right;
        case UTF8PROC_BIDI_CLASS_AL:
            return Direction::arabic;
        case UTF8PROC_BIDI_CLASS_EN:
            return Direction::digit;
        case UTF8PROC_BIDI_CLASS_AN:
            return Direction::arabic_digit;
        case UTF8PROC_BIDI_CLASS_ES:
        case UTF8PROC_BIDI_CLASS_CS:
        case UTF8PROC_BIDI_CLASS_ET:
        case UTF8PROC_BIDI_CLASS_ON:
        case UTF8PROC_BIDI_CLASS_BN:
            return Direction::separator;
        case UTF8PROC_BIDI_CLASS_NSM:
            return Direction::nonspacing;
        default:
            return Direction::other;
    }
}

bool turns_text(utf8proc_propval_t direction) {
    switch (direction) {
        case UTF8PROC_BIDI_CLASS_LRE:
        case UTF8PROC_BIDI_CLASS_LRO:
        case UTF8PROC_BIDI_CLASS_RLE:
        case UTF8PROC_BIDI_CLASS_RLO:
        case UTF8PROC_BIDI_CLASS_PDF:
        case UTF8PROC_BIDI_CLASS_LRI:
        case UTF8PROC_BIDI_CLASS_RLI:
        case UTF8PROC_BIDI_CLASS_FSI:
        case UTF8PROC_BIDI_CLASS_PDI:
            return true;
        default:
            return false;
    }
}

std::string map(std::string_view text, int options) {
    utf8proc_uint8_t* mapped = nullptr;
    const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                     static_cast<utf8proc_option_t>(options | UTF8PROC_STABLE));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> held{mapped, &std::free};
    if (length == UTF8PROC_ERROR_NOMEM) {
        throw std::bad_alloc{};
    }
    LOQUAT_CHECK(length >= 0, "the text is valid UTF-8");
    return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
}

}  // namespace

Traits traits_of(char32_t character) {
    const auto* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(character));
    const auto bound = property->boundclass;
    return {.category = category_of(property->category),
            .direction = direction_of(property->bidi_class),
            .combining_class = property->combining_class,
            .is_ignorable = property->ignorable != 0,
            .is_conjoining_jamo = bound == UTF8PROC_BOUNDCLASS_L ||
                                  bound == UTF8PROC_BOUNDCLASS_V || bound == UTF8PROC_BOUNDCLASS_T,
            .is_pictographic = bound == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC,
            .is_width_variant = property->decomp_type == UTF8PROC_DECOMP_TYPE_WIDE ||
                                property->decomp_type == UTF8PROC_DECOMP_TYPE_NARROW,
            .turns_text = turns_text(property->bidi_class)};
}

char32_t to_lower(char32_t character) {
    return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(character)));
}

std::u32string to_characters(std::string_view text) {
    std::u32string characters;
    const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    while (left > 0) {
        utf8proc_int32_t character = 0;
        const auto length = utf8proc_iterate(at, left, &character);
        LOQUAT_CHECK(length > 0, "the text is valid UTF-8");
        characters.push_back(static_cast<char32_t>(character));
        at += length;
        left -= length;
    }
    return characters;
}

std::string to_utf8(std::u32string_view characters) {
    std::string text;
    for (const char32_t character : characters) {
        utf8proc_uint8_t bytes[4];
        const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(character), bytes);
        text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
    }
    return text;
}

std::string to_nfc(std::string_view text) { return map(text, UTF8PROC_COMPOSE); }

std::string to_nfd(std::string_view text) { return map(text, UTF8PROC_DECOMPOSE); }

std::string to_nfkc(std::string_view text) { return map(text, UTF8PROC_COMPOSE | UTF8PROC_COMPAT); }

std::string to_folded_nfkd(std::string_view text) {
    return map(text, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
}

}  // namespace loquat::unicode
