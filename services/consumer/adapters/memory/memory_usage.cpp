#include "services/consumer/adapters/memory/memory_usage.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "store/position/memory_positions.hpp"

namespace loquat::consumer {
namespace {

void add(store::UsageSum& sum, const contracts::UsageRecord& record) {
    sum.input_tokens += record.input_tokens;
    sum.output_tokens += record.output_tokens;
    ++(record.purpose == contracts::UsagePurpose::answer ? sum.generations : sum.titles);
    if (record.cost_micros) {
        sum.cost_micros = sum.cost_micros.value_or(0) + *record.cost_micros;
    }
}

class MemoryUsage final : public store::WithMemoryPositions<UsageStore> {
  public:
    Task<store::Progress> stored() override {
        co_return positions_.progress(std::string{store::log_reader},
                                      std::string{contracts::records::usage.topic});
    }

    Task<LedgerOutcome> apply_batch(store::Batch<contracts::UsageRecord> batch) override {
        positions_.move(batch.from, batch.through, batch.records.size());
        LedgerOutcome outcome;
        for (const auto& record : batch.records) {
            if (!record) {
                ++outcome.unreadable;
            } else if (!ids_.emplace(record->generation_id, record->purpose).second) {
                ++outcome.repeated;
            } else {
                records_.push_back(*record);
                ++outcome.stored;
            }
        }
        co_return outcome;
    }

    Task<store::UsedTokens> used_of(UserId user, std::chrono::sys_days day) override {
        store::UsedTokens used{
            .through = positions_.progress(std::string{store::log_reader},
                                           std::string{contracts::records::usage.topic})};
        for (const contracts::UsageRecord& record : records_) {
            if (record.user == user && std::chrono::floor<std::chrono::days>(record.at) == day) {
                used.tokens += record.input_tokens + record.output_tokens;
            }
        }
        co_return used;
    }

    Task<std::vector<store::UsageSum>> sums(store::UsageQuery query) override {
        store::check_days(query);
        std::map<std::pair<std::size_t, std::string>, store::UsageSum> found;
        for (const contracts::UsageRecord& record : records_) {
            if (record.user != query.user || record.at < query.days.front() ||
                record.at >= query.days.back()) {
                continue;
            }
            const auto next = std::ranges::upper_bound(query.days, record.at);
            const auto day = static_cast<std::size_t>(next - query.days.begin()) - 1;
            store::UsageSum& sum = found[{day, record.model}];
            sum.day = day;
            sum.model = record.model;
            add(sum, record);
        }
        std::vector<store::UsageSum> sums;
        for (auto& [key, sum] : found) {
            sums.push_back(std::move(sum));
        }
        co_return sums;
    }

  private:
    std::vector<contracts::UsageRecord> records_;
    std::set<std::pair<std::string, contracts::UsagePurpose>> ids_;
};

}  // namespace

std::unique_ptr<UsageStore> make_memory_usage() { return std::make_unique<MemoryUsage>(); }

}  // namespace loquat::consumer
