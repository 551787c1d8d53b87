#include "contracts/core/caller.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::contracts {
namespace {

bool has_control_character(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        // U+0080 to U+009F are C2 80 to C2 9F.
        const bool is_high =
            byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        if (byte < 0x20 || byte == 0x7f || is_high) {
            return true;
        }
    }
    return false;
}

}  // namespace

void check_idempotency_key(std::string_view key) {
    const std::string field{idempotency_key_field};
    if (key.empty()) {
        throw invalid_field(field, "too_short", "must not be empty");
    }
    if (key.size() > idempotency_key_bytes_max) {
        throw invalid_field(
            field, "too_long",
            "must have at most " + std::to_string(idempotency_key_bytes_max) + " bytes");
    }
    if (!is_utf8(key)) {
        throw invalid_field(field, "not_utf8", "must be UTF-8");
    }
    if (has_control_character(key)) {
        throw invalid_field(field, "control_character", "must not contain control characters");
    }
}

}  // namespace loquat::contracts
