#pragma once
#include <cstdint>
#include <string_view>

namespace loquat::store {

// CRC-32C (Castagnoli, RFC 3720 appendix B.4).  `before` continues an earlier sum.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace loquat::store
