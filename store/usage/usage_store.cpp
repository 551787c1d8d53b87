#include "store/usage/usage_store.hpp"

#include <algorithm>

#include "base/failure.hpp"

namespace loquat::store {

Task<std::int64_t> UsageStore::tokens_of(UserId user, std::chrono::sys_days day) {
    const UsedTokens used = co_await used_of(user, day);
    co_return used.tokens;
}

void check_days(const UsageQuery& query) {
    const auto not_ascending = [](Time a, Time b) { return a >= b; };
    if (query.days.size() < 2 || query.days.size() > UsageStore::days_max + 1 ||
        std::ranges::adjacent_find(query.days, not_ascending) != query.days.end()) {
        throw invalid_field("days", "range", "1 to 400 days, ascending");
    }
}

}  // namespace loquat::store
