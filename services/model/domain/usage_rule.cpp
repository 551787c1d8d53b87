#include "services/model/domain/usage_rule.hpp"

#include <algorithm>

namespace loquat::model {
namespace {

bool is_credible(std::optional<std::int64_t> figure, std::int64_t counted) {
    return figure && contracts::is_token_figure(*figure) && (*figure > 0 || counted == 0);
}

}  // namespace

SettledTokens settle_tokens(const TokenUsage& figures, CountedTokens counted, bool is_whole) {
    using contracts::UsageSource;
    counted.input = std::min(counted.input, contracts::token_figure_max);
    counted.output = std::min(counted.output, contracts::token_figure_max);
    const bool knows_input = is_credible(figures.input, counted.input);
    const bool knows_output = is_credible(figures.output, counted.output) &&
                              (figures.is_output_final || *figures.output >= counted.output);
    SettledTokens settled{knows_input ? *figures.input : counted.input,
                          knows_output ? *figures.output : counted.output};
    if (knows_input && knows_output) {
        const bool is_last_word = is_whole || figures.is_output_final;
        settled.source = is_last_word ? UsageSource::provider : UsageSource::partial;
    }
    return settled;
}

}  // namespace loquat::model
