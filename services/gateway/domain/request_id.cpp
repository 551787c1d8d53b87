#include "services/gateway/domain/request_id.hpp"

#include <algorithm>

#include "base/ids.hpp"

namespace loquat::gateway {
namespace {

// Without letters that are taken for digits.
constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
static_assert(alphabet.size() == 32);

}  // namespace

bool is_sane_request_id(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '.' || c == '_' || c == '-';
    });
}

RequestIds::RequestIds() {
    std::array<std::uint8_t, 8> random{};
    random_bytes(random.data(), random.size());
    for (std::size_t i = 0; i < prefix_.size(); ++i) {
        prefix_[i] = alphabet[random[i] % alphabet.size()];
    }
}

RequestIds::Text RequestIds::next() {
    Text text;
    std::ranges::copy(prefix_, text.begin());
    std::uint64_t left = counter_++;
    for (std::size_t i = size; i > prefix_.size(); --i) {
        text[i - 1] = alphabet[left % alphabet.size()];
        left /= alphabet.size();
    }
    return text;
}

}  // namespace loquat::gateway
