#include "store/history/usage_history.hpp"

#include <algorithm>

#include "base/failure.hpp"

namespace loquat::store {

void check_days(const UsageQuery& query) {
    const auto not_ascending = [](Time a, Time b) { return a >= b; };
    if (query.days.size() < 2 || query.days.size() > UsageHistory::days_max + 1 ||
        std::ranges::adjacent_find(query.days, not_ascending) != query.days.end()) {
        throw invalid_field("days", "range", "1 to 400 days, ascending");
    }
}

}  // namespace loquat::store
