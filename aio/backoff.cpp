#include "aio/backoff.hpp"

#include <algorithm>
#include <cstdint>

#include "base/ids.hpp"

namespace loquat::aio {

std::chrono::milliseconds Backoff::next() {
    std::uint32_t random = 0;
    random_bytes(reinterpret_cast<std::uint8_t*>(&random), sizeof random);
    const std::chrono::milliseconds wait{random % static_cast<std::uint32_t>(bound_.count() + 1)};
    bound_ = std::min(bound_ * 2, most_);
    return wait;
}

}  // namespace loquat::aio
