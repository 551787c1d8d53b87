#pragma once
#include "services/chat/generations/live.hpp"
#include "services/chat/generations/pending_usage.hpp"
#include "services/chat/generations/ports.hpp"

namespace loquat::chat {

// How many tokens one person may use on a day (UTC).
class Quota {
  public:
    // `tokens_per_day_max` 0: as many as they like.
    Quota(UsageLedger& ledger, const PendingUsage& pending_usage, const LiveSet& lives,
          const Clock& clock, std::int64_t tokens_per_day_max)
        : ledger_(ledger),
          pending_usage_(pending_usage),
          lives_(lives),
          clock_(clock),
          tokens_per_day_max_(tokens_per_day_max) {}

    void set_tokens_per_day_max(std::int64_t most) { tokens_per_day_max_ = most; }

    // Throws usage.quota_exceeded.  Counts what is recorded, what is on its way there, and what is
    // being written.
    Task<void> check(UserId user);

  private:
    UsageLedger& ledger_;
    const PendingUsage& pending_usage_;
    const LiveSet& lives_;
    const Clock& clock_;
    std::int64_t tokens_per_day_max_;
};

}  // namespace loquat::chat
