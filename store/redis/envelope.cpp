#include "store/redis/envelope.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ids.hpp"

namespace loquat::store {
namespace {

constexpr std::string_view mark = "\n#";
constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t tail_bytes = mark.size() + 16;

bool is_tail(std::string_view text) {
    return text.starts_with(mark) && std::ranges::all_of(text.substr(mark.size()), [](char one) {
               return digits.contains(one);
           });
}

}  // namespace

Envelope::Envelope() : tail_(mark) {
    std::array<std::uint8_t, 8> bytes{};
    random_bytes(bytes.data(), bytes.size());
    for (const std::uint8_t byte : bytes) {
        tail_ += digits[byte >> 4U];
        tail_ += digits[byte & 15U];
    }
}

bool Envelope::open(std::string& message) const {
    if (message.size() < tail_bytes) {
        return true;
    }
    const std::string_view tail = std::string_view{message}.substr(message.size() - tail_bytes);
    if (tail == tail_) {
        return false;
    }
    if (is_tail(tail)) {
        message.resize(message.size() - tail_bytes);
    }
    return true;
}

}  // namespace loquat::store
