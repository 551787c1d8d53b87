#include "net/websocket/utf8.hpp"

#include <cstring>

namespace loquat::net::websocket {

bool Utf8Check::start_character(unsigned byte) {
    low_ = 0x80;
    high_ = 0xBF;
    if (byte < 0x80) {
        return true;
    }
    if (byte >= 0xC2 && byte <= 0xDF) {
        needed_ = 1;
        return true;
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        needed_ = 2;
        low_ = byte == 0xE0 ? 0xA0 : 0x80;   // overlong
        high_ = byte == 0xED ? 0x9F : 0xBF;  // surrogates
        return true;
    }
    if (byte >= 0xF0 && byte <= 0xF4) {
        needed_ = 3;
        low_ = byte == 0xF0 ? 0x90 : 0x80;   // overlong
        high_ = byte == 0xF4 ? 0x8F : 0xBF;  // above U+10FFFF
        return true;
    }
    return false;
}

bool Utf8Check::feed(std::string_view piece) {
    constexpr std::uint64_t high_bits = 0x8080808080808080ULL;
    std::size_t at = 0;
    while (at < piece.size()) {
        if (needed_ == 0 && at + 8 <= piece.size()) {
            std::uint64_t word = 0;
            std::memcpy(&word, piece.data() + at, sizeof word);
            if ((word & high_bits) == 0) {
                at += sizeof word;
                continue;
            }
        }
        const unsigned byte = static_cast<unsigned char>(piece[at]);
        ++at;
        if (needed_ == 0) {
            if (!start_character(byte)) {
                return false;
            }
            continue;
        }
        if (byte < low_ || byte > high_) {
            return false;
        }
        low_ = 0x80;
        high_ = 0xBF;
        --needed_;
    }
    return true;
}

}  // namespace loquat::net::websocket
