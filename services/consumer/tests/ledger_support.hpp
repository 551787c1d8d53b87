#pragma once
#include <random>
#include <string>

#include "services/consumer/ports.hpp"
#include "testing/await.hpp"

namespace loquat::consumer {

inline constexpr std::int64_t ledger_begin_ms = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

inline contracts::UsageRecord usage_of(UserId user, Time at, std::int64_t input = 10,
                                       std::int64_t output = 5) {
    return {.user = user,
            .chat = ChatId::make(),
            .generation_id = Uuid::make().to_string(),
            .model = "small",
            .provider = "own",
            .input_tokens = input,
            .output_tokens = output,
            .at = at};
}

inline contracts::AuditRecord audit_of(std::string action, Time at) {
    return {.id = Uuid::make(), .at = at, .action = std::move(action), .outcome = "done"};
}

inline std::int64_t tokens_of(aio::Loop& loop, UsageStore& usage, UserId user,
                              std::chrono::sys_days day) {
    return test::await(loop, usage.used_of(user, day)).tokens;
}

// Calls of a few people over forty days, with repeats and with records that nobody can read.
class UsageStream {
  public:
    explicit UsageStream(std::uint64_t seed) : random_(seed) {
        for (int i = 0; i < 3; ++i) {
            users_.push_back(UserId::make());
        }
    }

    std::optional<contracts::UsageRecord> next() {
        const std::size_t dice = pick(100);
        if (dice < 3) {
            return std::nullopt;
        }
        if (dice < 30 && !sent_.empty()) {
            return sent_[pick(sent_.size())];
        }
        const auto ms = static_cast<std::int64_t>(pick(std::size_t{40} * 86'400'000));
        contracts::UsageRecord record =
            usage_of(users_[pick(users_.size())], from_unix_ms(ledger_begin_ms + ms));
        record.purpose =
            pick(5) == 0 ? contracts::UsagePurpose::title : contracts::UsagePurpose::answer;
        record.model = "model-" + std::to_string(pick(3));
        record.input_tokens = static_cast<std::int64_t>(pick(1000));
        record.output_tokens = static_cast<std::int64_t>(pick(1000));
        if (pick(3) != 0) {
            record.cost_micros = static_cast<std::int64_t>(pick(100));
        }
        sent_.push_back(record);
        return record;
    }

    const std::vector<UserId>& users() const { return users_; }

  private:
    std::size_t pick(std::size_t count) { return random_() % count; }

    std::mt19937_64 random_;
    std::vector<UserId> users_;
    std::vector<contracts::UsageRecord> sent_;
};

}  // namespace loquat::consumer
