#include "net/websocket/frame.hpp"

#include <cstring>

#include "base/cut.hpp"

namespace loquat::net::websocket {
namespace {

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xFFU));
    }
}

void append_length(std::string& out, std::uint64_t length, unsigned mask_bit) {
    if (length < 126) {
        out.push_back(static_cast<char>(mask_bit | length));
    } else if (length <= 0xFFFF) {
        out.push_back(static_cast<char>(mask_bit | 126U));
        append_big_endian(out, length, 2);
    } else {
        out.push_back(static_cast<char>(mask_bit | 127U));
        append_big_endian(out, length, 8);
    }
}

char first_byte(Opcode opcode, Fragment fragment, Compression compression) {
    unsigned byte = static_cast<unsigned>(opcode);
    byte |= fragment == Fragment::last ? 0x80U : 0U;
    byte |= compression == Compression::deflated ? 0x40U : 0U;
    return static_cast<char>(byte);
}

}  // namespace

bool is_sendable_close_code(std::uint16_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

void append_frame_header(std::string& out, Opcode opcode, std::uint64_t payload_bytes,
                         Compression compression) {
    out.push_back(first_byte(opcode, Fragment::last, compression));
    append_length(out, payload_bytes, 0);
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload,
                  Compression compression) {
    append_frame_header(out, opcode, payload.size(), compression);
    out.append(payload);
}

void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason) {
    const std::string_view text = cut_text(reason, control_payload_bytes_max - 2);
    append_frame_header(out, Opcode::close, text.size() + 2);
    append_big_endian(out, code, 2);
    out.append(text);
}

void append_masked_frame(std::string& out, const MaskedFrame& frame, std::string_view payload) {
    out.push_back(first_byte(frame.opcode, frame.fragment, frame.compression));
    append_length(out, payload.size(), 0x80U);
    append_big_endian(out, frame.mask, 4);
    const std::size_t start = out.size();
    out.append(payload);
    apply_mask(out.data() + start, payload.size(), frame.mask, 0);
}

void apply_mask(char* bytes, std::size_t count, std::uint32_t mask, std::uint64_t offset) {
    std::array<char, 8> key{};
    for (std::size_t i = 0; i < key.size(); ++i) {
        const auto position = static_cast<unsigned>((offset + i) % 4);
        key[i] = static_cast<char>((mask >> (24U - 8U * position)) & 0xFFU);
    }
    std::uint64_t wide = 0;
    std::memcpy(&wide, key.data(), sizeof wide);
    std::size_t at = 0;
    for (; at + sizeof wide <= count; at += sizeof wide) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + at, sizeof word);
        word ^= wide;
        std::memcpy(bytes + at, &word, sizeof word);
    }
    for (std::size_t i = 0; at < count; ++at, ++i) {
        bytes[at] = static_cast<char>(bytes[at] ^ key[i]);
    }
}

}  // namespace loquat::net::websocket
