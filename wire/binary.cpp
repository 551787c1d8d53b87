#include "wire/binary.hpp"

namespace loquat::wire {

void Encoder::number(std::uint64_t value) {
    while (value >= 0x80) {
        byte(static_cast<std::uint8_t>(value | 0x80));
        value >>= 7;
    }
    byte(static_cast<std::uint8_t>(value));
}

void Encoder::signed_number(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void Encoder::bytes(std::string_view value) {
    number(value.size());
    out_.append(value);
}

std::string_view Decoder::take(std::size_t count) {
    if (!ok_ || count > left_.size()) {
        ok_ = false;
        return {};
    }
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
}

std::uint8_t Decoder::byte() {
    const std::string_view taken = take(1);
    return taken.empty() ? 0 : static_cast<std::uint8_t>(taken[0]);
}

std::uint64_t Decoder::number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && ok_; shift += 7) {
        const std::uint8_t part = byte();
        const bool overflows = shift == 63 && part > 1;
        const bool padded = shift > 0 && part == 0;
        if (overflows || padded) {
            break;
        }
        value |= static_cast<std::uint64_t>(part & 0x7f) << shift;
        if (part < 0x80) {
            return ok_ ? value : 0;
        }
    }
    ok_ = false;
    return 0;
}

std::int64_t Decoder::signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

std::string_view Decoder::bytes() { return take(number()); }

Uuid Decoder::uuid() {
    const std::string_view taken = take(16);
    return taken.empty() ? Uuid{} : Uuid::from_bytes(taken);
}

std::size_t Decoder::count(std::size_t each) {
    const std::uint64_t value = number();
    if (value > left_.size() / each) {
        ok_ = false;
        return 0;
    }
    return value;
}

std::uint8_t Decoder::choice(std::uint8_t first, std::uint8_t last) {
    const std::uint8_t value = byte();
    if (value < first || value > last) {
        ok_ = false;
        return first;
    }
    return value;
}

}  // namespace loquat::wire
