#include "services/chat/generations/pending_usage.hpp"

#include <algorithm>

namespace loquat::chat {
namespace {

// A day that is over counts for nobody.  What was in a log that is gone is not waited for longer.
constexpr std::chrono::days days_kept{2};

}  // namespace

void PendingUsage::note(const contracts::UsageRecord& record, std::optional<store::LogPlace> at) {
    std::vector<Entry>& mine = by_user_[record.user];
    const auto known = std::ranges::find_if(mine, [&](const Entry& entry) {
        return entry.id == record.generation_id && entry.purpose == record.purpose;
    });
    if (known != mine.end()) {
        known->at = at ? at : known->at;
        return;
    }
    newest_day_ = std::max(newest_day_, std::chrono::floor<std::chrono::days>(record.at));
    mine.push_back({record.generation_id, record.purpose,
                    std::chrono::floor<std::chrono::days>(record.at),
                    record.input_tokens + record.output_tokens, at});
}

std::int64_t PendingUsage::tokens_of(const UserId& user, std::chrono::sys_days day,
                                     const store::Progress& through) const {
    const auto mine = by_user_.find(user);
    std::int64_t tokens = 0;
    if (mine != by_user_.end()) {
        for (const Entry& entry : mine->second) {
            const bool is_in_ledger = entry.at && through.covers(*entry.at);
            tokens += entry.day == day && !is_in_ledger ? entry.tokens : 0;
        }
    }
    return tokens;
}

void PendingUsage::forget(const store::Progress& through) {
    for (auto& [user, mine] : by_user_) {
        std::erase_if(mine, [&](const Entry& entry) {
            return (entry.at && through.covers(*entry.at)) || entry.day < newest_day_ - days_kept;
        });
    }
    std::erase_if(by_user_, [](const auto& one) { return one.second.empty(); });
}

}  // namespace loquat::chat
