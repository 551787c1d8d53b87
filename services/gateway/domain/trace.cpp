#include "services/gateway/domain/trace.hpp"

#include <algorithm>
#include <bit>

#include "base/ids.hpp"

namespace loquat::gateway {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

void write_hex(char* out, std::uint64_t value) {
    for (int shift = 60; shift >= 0; shift -= 4) {
        *out++ = digits[(value >> shift) & 15];
    }
}

}  // namespace

std::optional<TraceParent> TraceParent::parse(std::string_view field) {
    TraceParent out;
    if (field.size() < out.text.size() || field[2] != '-' || field[35] != '-' || field[52] != '-') {
        return std::nullopt;
    }
    const std::string_view version = field.substr(0, 2);
    const std::string_view trace = field.substr(3, 32);
    const std::string_view span = field.substr(36, 16);
    const std::string_view flags = field.substr(53, 2);
    const bool is_hex =
        is_lower_hex(version) && is_lower_hex(trace) && is_lower_hex(span) && is_lower_hex(flags);
    if (!is_hex || version == "ff" || is_zero(trace) || is_zero(span)) {
        return std::nullopt;
    }
    const bool is_longer = field.size() > out.text.size();
    if (is_longer && (version == "00" || field[55] != '-')) {
        return std::nullopt;
    }
    std::ranges::copy(field.substr(0, out.text.size()), out.text.begin());
    out.text[0] = out.text[1] = '0';
    return out;
}

Tracer::Tracer(int sample_percent)
    : sampled_below_(sample_percent >= 100
                         ? UINT64_MAX
                         : UINT64_MAX / 100 * static_cast<std::uint64_t>(sample_percent)) {
    random_bytes(reinterpret_cast<std::uint8_t*>(state_.data()), sizeof state_);
    state_[0] |= 1;
}

std::uint64_t Tracer::random() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

TraceParent Tracer::next(const std::optional<TraceParent>& incoming) {
    TraceParent out;
    if (incoming) {
        out = *incoming;
    } else {
        out.text[0] = out.text[1] = '0';
        out.text[2] = out.text[35] = out.text[52] = '-';
        write_hex(out.text.data() + 3, random() | 1);
        write_hex(out.text.data() + 19, random());
        out.text[53] = '0';
        out.text[54] = random() <= sampled_below_ && sampled_below_ > 0 ? '1' : '0';
    }
    write_hex(out.text.data() + 36, random() | 1);
    return out;
}

}  // namespace loquat::gateway
