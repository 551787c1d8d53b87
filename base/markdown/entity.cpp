#include "base/markdown/entity.hpp"

#include <charconv>

extern "C" {
#include <entity.h>
}

namespace loquat::markdown {
namespace {

constexpr char32_t replacement = 0xFFFD;

void append(std::string& out, char32_t c) {
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
        c = replacement;
    }
    const auto tail = [&](int shift) {
        out.push_back(static_cast<char>(0x80 | ((c >> shift) & 0x3F)));
    };
    if (c < 0x80) {
        out.push_back(static_cast<char>(c));
    } else if (c < 0x800) {
        out.push_back(static_cast<char>(0xC0 | (c >> 6)));
        tail(0);
    } else if (c < 0x10000) {
        out.push_back(static_cast<char>(0xE0 | (c >> 12)));
        tail(6);
        tail(0);
    } else {
        out.push_back(static_cast<char>(0xF0 | (c >> 18)));
        tail(12);
        tail(6);
        tail(0);
    }
}

std::string decode_number(std::string_view digits) {
    const bool is_hex = digits.starts_with('x') || digits.starts_with('X');
    digits.remove_prefix(is_hex ? 1 : 0);
    std::uint32_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number, is_hex ? 16 : 10);
    std::string out;
    append(out, number);
    return out;
}

}  // namespace

std::string decode_entity(std::string_view entity) {
    if (entity.starts_with("&#") && entity.size() > 3) {
        return decode_number(entity.substr(2, entity.size() - 3));
    }
    std::string out;
    if (const ENTITY* found = entity_lookup(entity.data(), entity.size())) {
        append(out, found->codepoints[0]);
        if (found->codepoints[1] != 0) {
            append(out, found->codepoints[1]);
        }
    }
    return out;
}

}  // namespace loquat::markdown
