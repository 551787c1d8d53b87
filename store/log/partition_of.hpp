#pragma once
#include <cstdint>
#include <string_view>

namespace loquat::store {

// MurmurHash2 (32 bits) with the seed and byte order of Kafka's default partitioner.
std::uint32_t murmur2(std::string_view bytes);

// Where records with this key go among `partitions` (at least 1).  The same choice as Kafka's
// clients make by default, so that other programs that write by key keep to it.
std::uint32_t partition_of(std::string_view key, std::uint32_t partitions);

}  // namespace loquat::store
