#include "base/random_text.hpp"

#include <cstdint>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace loquat {

std::string random_text(std::size_t bytes) {
    std::string random(bytes, '\0');
    random_bytes(reinterpret_cast<std::uint8_t*>(random.data()), random.size());
    return to_base64url(random);
}

}  // namespace loquat
