#include "store/checksum.hpp"

#include <array>
#include <cstring>

namespace loquat::store {
namespace {

constexpr std::uint32_t polynomial = 0x82f63b78;  // 0x1edc6f41, bits reversed
constexpr std::size_t lanes = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, lanes>;

// Slicing by eight (Kounavis and Berry, 2005): table k advances a byte by k further zero bytes.
constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
        }
        tables[0][i] = value;
    }
    for (std::size_t lane = 1; lane < lanes; ++lane) {
        for (std::size_t i = 0; i < 256; ++i) {
            const std::uint32_t before = tables[lane - 1][i];
            tables[lane][i] = (before >> 8) ^ tables[0][before & 255];
        }
    }
    return tables;
}

constexpr Tables tables = make_tables();

std::uint32_t load(const char* from) {
    std::array<unsigned char, 4> bytes{};
    std::memcpy(bytes.data(), from, bytes.size());
    return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
           static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
    std::uint32_t sum = ~before;
    while (bytes.size() >= lanes) {
        const std::uint32_t low = load(bytes.data()) ^ sum;
        const std::uint32_t high = load(bytes.data() + 4);
        sum = tables[7][low & 255] ^ tables[6][(low >> 8) & 255] ^ tables[5][(low >> 16) & 255] ^
              tables[4][low >> 24] ^ tables[3][high & 255] ^ tables[2][(high >> 8) & 255] ^
              tables[1][(high >> 16) & 255] ^ tables[0][high >> 24];
        bytes.remove_prefix(lanes);
    }
    for (const char c : bytes) {
        sum = (sum >> 8) ^ tables[0][(sum ^ static_cast<unsigned char>(c)) & 255];
    }
    return ~sum;
}

}  // namespace loquat::store
