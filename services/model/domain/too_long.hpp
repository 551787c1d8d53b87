#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace loquat::model {

// Whether a refusal says that the prompt is more than the model reads; `words` are its codes and
// types, in small letters.  Of refusals for another reason (a rate, a key) it is not asked.
bool says_too_long(std::string_view words, std::string_view message);

// The figures in such a refusal, in tokens as the provider counts them.
struct SaidTokens {
    std::optional<std::int64_t> limit;
    std::optional<std::int64_t> needed;  // that the request would have taken; more than the limit
};
SaidTokens read_said_tokens(std::string_view message);

}  // namespace loquat::model
