#pragma once
#include <cstddef>
#include <string_view>

namespace loquat::precis {

// The contextual rules of RFC 5892 appendix A, for the character at `at`.
bool fits_its_context(std::u32string_view text, std::size_t at);

// The bidi rule of RFC 5893 section 2, which holds of texts that have a character from right to
// left; of others it asks nothing (RFC 8265 section 3.3.3).
bool keeps_bidi_rule(std::u32string_view text);

}  // namespace loquat::precis
