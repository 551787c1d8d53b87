#include "services/chat/generations/quota.hpp"

#include "base/text.hpp"

namespace loquat::chat {

Task<void> Quota::check(UserId user) {
    if (tokens_per_day_max_ == 0) {
        co_return;
    }
    const auto today = std::chrono::floor<std::chrono::days>(clock_.now());
    const store::UsedTokens recorded = co_await ledger_.used_of(user, today);
    const std::int64_t used = recorded.tokens +
                              pending_usage_.tokens_of(user, today, recorded.through) +
                              lives_.tokens_of(user);
    if (used < tokens_per_day_max_) {
        co_return;
    }
    const Time resets_at = today + std::chrono::days{1};
    throw Failure{
        Kind::limited, "usage.quota_exceeded",
        "You have used your tokens of today. The next ones come at " + to_rfc3339(resets_at) + "."}
        .retry_in(std::chrono::ceil<std::chrono::seconds>(resets_at - clock_.now()));
}

}  // namespace loquat::chat
