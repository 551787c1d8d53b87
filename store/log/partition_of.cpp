#include "store/log/partition_of.hpp"

#include "base/check.hpp"

namespace loquat::store {
namespace {

constexpr std::uint32_t seed = 0x9747b28c;
constexpr std::uint32_t multiplier = 0x5bd1e995;

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

// Little-endian.
std::uint32_t word_at(std::string_view bytes, std::size_t at) {
    return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8 | byte_at(bytes, at + 2) << 16 |
           byte_at(bytes, at + 3) << 24;
}

}  // namespace

std::uint32_t murmur2(std::string_view bytes) {
    std::uint32_t hash = seed ^ static_cast<std::uint32_t>(bytes.size());
    std::size_t at = 0;
    for (; at + 4 <= bytes.size(); at += 4) {
        std::uint32_t word = word_at(bytes, at) * multiplier;
        word ^= word >> 24;
        hash = hash * multiplier ^ word * multiplier;
    }
    if (at < bytes.size()) {
        for (std::size_t i = bytes.size() - at; i-- > 0;) {
            hash ^= byte_at(bytes, at + i) << (8 * i);
        }
        hash *= multiplier;
    }
    hash = (hash ^ hash >> 13) * multiplier;
    return hash ^ hash >> 15;
}

std::uint32_t partition_of(std::string_view key, std::uint32_t partitions) {
    LOQUAT_CHECK(partitions > 0, "a topic has a partition");
    // One needs no choice: most logs have one.
    return partitions == 1 ? 0 : (murmur2(key) & 0x7fffffffU) % partitions;
}

}  // namespace loquat::store
