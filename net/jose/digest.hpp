#pragma once
#include <string>
#include <string_view>

namespace loquat::net::jose {

// 32 bytes each.
std::string sha256(std::string_view text);
std::string hmac_sha256(std::string_view secret, std::string_view text);

}  // namespace loquat::net::jose
