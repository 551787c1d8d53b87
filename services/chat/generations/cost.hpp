#pragma once
#include <optional>

#include "contracts/model/model.hpp"
#include "services/chat/domain/generation.hpp"

namespace loquat::chat {

// In millionths of the model's currency, rounded to the nearest one, a half upwards; at most
// contracts::usage_cost_max.  None when the model has no price.
std::optional<std::int64_t> cost_of(const contracts::Model& model, const GenerationTokens& tokens);

}  // namespace loquat::chat
