#pragma once
#include <chrono>
#include <optional>
#include <unordered_map>
#include <vector>

#include "contracts/usage/usage_record.hpp"
#include "store/position/position.hpp"

namespace loquat::chat {

// Tokens that were used and that the ledger does not know yet, so that between an answer's end and
// its row in the ledger nothing of it is missing.  One loop.
class PendingUsage {
  public:
    // Counts from now on, once however often it is told; `at` is where the log has it, none while
    // that is not known.
    void note(const contracts::UsageRecord& record,
              std::optional<store::LogPlace> at = std::nullopt);
    // On that day and not among what the ledger has up to `through`.
    std::int64_t tokens_of(const UserId& user, std::chrono::sys_days day,
                           const store::Progress& through) const;
    // The ledger has come so far.
    void forget(const store::Progress& through);

    bool empty() const { return by_user_.empty(); }

  private:
    struct Entry {
        std::string id;
        contracts::UsagePurpose purpose = contracts::UsagePurpose::answer;
        std::chrono::sys_days day;
        std::int64_t tokens = 0;
        std::optional<store::LogPlace> at;
    };

    std::unordered_map<UserId, std::vector<Entry>> by_user_;
    std::chrono::sys_days newest_day_;
};

}  // namespace loquat::chat
