#pragma once
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "contracts/usage/usage.hpp"
#include "services/chat/ports.hpp"
#include "store/history/audit_history.hpp"
#include "store/history/usage_history.hpp"

namespace loquat::chat {

// What the consumer wrote of usage and of the audit trail, for people.  One loop.
class UsageReports final : public contracts::UsageApi {
  public:
    static constexpr int days_max = 366;

    struct Parts {
        store::UsageHistory& usage;
        store::AuditHistory& audit;
        Currency& currency;
        const Clock& clock;
    };

    // `tokens_per_day_max` 0: no quota.
    UsageReports(Parts parts, std::int64_t tokens_per_day_max)
        : parts_(parts), tokens_per_day_max_(tokens_per_day_max) {}
    void set_tokens_per_day_max(std::int64_t most) { tokens_per_day_max_ = most; }

    Task<contracts::UsageReport> get_usage(contracts::Caller caller,
                                           contracts::UsageRequest request) override;
    Task<contracts::Page<contracts::AuditEntry>> list_audit(
        contracts::Caller caller, contracts::AuditRequest request) override;

  private:
    Task<std::string> currency(contracts::Caller caller);
    Task<std::optional<contracts::UsageQuota>> quota_of(UserId user);

    Parts parts_;
    std::int64_t tokens_per_day_max_;
    std::string known_currency_;
    std::optional<Steady> asked_at_;
};

}  // namespace loquat::chat
