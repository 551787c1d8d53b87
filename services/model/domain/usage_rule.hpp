#pragma once
#include <cstdint>

#include "contracts/model/model.hpp"
#include "services/model/ports.hpp"

namespace loquat::model {

// What was counted here.
struct CountedTokens {
    std::int64_t input = 0;
    std::int64_t output = 0;  // text and thoughts
};

struct SettledTokens {
    std::int64_t input = 0;
    std::int64_t output = 0;
    contracts::UsageSource source = contracts::UsageSource::counted;
};

// The one rule for what an answer has used.  The prompt does not grow, so that any figure for it
// counts.  The final figure of the answer counts; one that came earlier counts when it is not less
// than what was counted here.  0 for something that was there is no figure.  `is_whole`: the answer
// did not end early.
SettledTokens settle_tokens(const TokenUsage& figures, CountedTokens counted, bool is_whole);

}  // namespace loquat::model
