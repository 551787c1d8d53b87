#include "services/model/domain/text_cleaner.hpp"

namespace loquat::model {
namespace {

constexpr std::string_view unknown = "\xef\xbf\xbd";
constexpr char32_t smallest_of_size[] = {0, 0, 0x80, 0x800, 0x10000};

bool is_plain(char byte) { return (byte >= 0x20 && byte < 0x7F) || byte == '\t'; }
bool is_high_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDBFF; }
bool is_low_surrogate(char32_t c) { return c >= 0xDC00 && c <= 0xDFFF; }

void append_character(std::string& out, char32_t c) {
    const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x800) {
        put(0xC0 | (c >> 6));
    } else if (c < 0x10000) {
        put(0xE0 | (c >> 12));
        put(0x80 | ((c >> 6) & 0x3F));
    } else {
        put(0xF0 | (c >> 18));
        put(0x80 | ((c >> 12) & 0x3F));
        put(0x80 | ((c >> 6) & 0x3F));
    }
    put(0x80 | (c & 0x3F));
}

}  // namespace

void TextCleaner::append(std::string& out, std::string_view piece) {
    std::size_t at = 0;
    while (at < piece.size()) {
        std::size_t end = at;
        while (end < piece.size() && is_plain(piece[end])) {
            ++end;
        }
        if (end > at) {
            drop_partial(out);
            after_return_ = false;
            out.append(piece, at, end - at);
        } else {
            take_byte(out, static_cast<unsigned char>(piece[end++]));
        }
        at = end;
    }
}

void TextCleaner::finish(std::string& out) { drop_partial(out); }

void TextCleaner::take_byte(std::string& out, unsigned char byte) {
    if (missing_ > 0 && (byte & 0xC0) == 0x80) {
        value_ = (value_ << 6) | (byte & 0x3FU);
        if (--missing_ == 0) {
            const bool good = value_ >= smallest_of_size[size_] && value_ <= 0x10FFFF;
            take_character(out, good ? value_ : 0xFFFD);
        }
        return;
    }
    if (byte >= 0x80) {
        begin_character(out, byte);
        return;
    }
    drop_partial(out);
    if (byte == '\r' || (byte == '\n' && !after_return_)) {
        out.push_back('\n');
    }
    after_return_ = byte == '\r';
}

void TextCleaner::begin_character(std::string& out, unsigned char byte) {
    if (missing_ > 0) {
        missing_ = 0;
        take_character(out, 0xFFFD);
    }
    after_return_ = false;
    if (byte < 0xC2 || byte > 0xF4) {
        take_character(out, 0xFFFD);
        return;
    }
    size_ = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    missing_ = static_cast<std::uint8_t>(size_ - 1);
    value_ = byte & (0x7FU >> size_);
}

void TextCleaner::take_character(std::string& out, char32_t c) {
    if (is_low_surrogate(c) && high_ != 0) {
        append_character(out, 0x10000 + ((high_ - 0xD800) << 10) + (c - 0xDC00));
        high_ = 0;
        return;
    }
    if (high_ != 0) {
        high_ = 0;
        out += unknown;
    }
    if (is_high_surrogate(c)) {
        high_ = c;
    } else if (is_low_surrogate(c)) {
        out += unknown;
    } else if (c >= 0xA0) {
        append_character(out, c);
    }
}

void TextCleaner::drop_partial(std::string& out) {
    if (missing_ > 0 || high_ != 0) {
        const bool both = missing_ > 0 && high_ != 0;
        missing_ = 0;
        high_ = 0;
        out += unknown;
        if (both) {
            out += unknown;
        }
    }
}

}  // namespace loquat::model
