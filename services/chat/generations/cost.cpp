#include "services/chat/generations/cost.hpp"

namespace loquat::chat {

std::optional<std::int64_t> cost_of(const contracts::Model& model, const GenerationTokens& tokens) {
    if (!model.input_price_micros && !model.output_price_micros) {
        return std::nullopt;
    }
    constexpr std::int64_t tokens_each_price = 1'000'000;
    const std::int64_t input = tokens.input * model.input_price_micros.value_or(0);
    const std::int64_t output = tokens.output * model.output_price_micros.value_or(0);
    return (input + output + tokens_each_price / 2) / tokens_each_price;
}

}  // namespace loquat::chat
