#include "services/chat/generations/cost.hpp"

#include <algorithm>

#include "contracts/usage/usage_record.hpp"

namespace loquat::chat {
namespace {

constexpr std::int64_t tokens_each_price = 1'000'000;

}  // namespace

std::optional<std::int64_t> cost_of(const contracts::Model& model, const GenerationTokens& tokens) {
    if (!model.input_price_micros && !model.output_price_micros) {
        return std::nullopt;
    }
    const std::int64_t input_price = model.input_price_micros.value_or(0);
    const std::int64_t output_price = model.output_price_micros.value_or(0);
    // Whole millions apart from the rest: figures and prices at their limits stay in 64 bits.
    const std::int64_t millions = tokens.input / tokens_each_price * input_price +
                                  tokens.output / tokens_each_price * output_price;
    const std::int64_t rest = tokens.input % tokens_each_price * input_price +
                              tokens.output % tokens_each_price * output_price;
    const std::int64_t cost = millions + (rest + tokens_each_price / 2) / tokens_each_price;
    return std::min(cost, contracts::usage_cost_max);
}

}  // namespace loquat::chat
