#include "services/consumer/adapters/memory/memory_audit.hpp"

#include <algorithm>
#include <map>

#include "store/position/memory_positions.hpp"

namespace loquat::consumer {
namespace {

using Key = std::pair<Time, Uuid>;

bool fits(const contracts::AuditRecord& record, const store::AuditQuery& query) {
    const bool is_family = query.action.ends_with('.');
    const bool is_action = query.action.empty() || record.action == query.action ||
                           (is_family && record.action.starts_with(query.action));
    return is_action && (!query.actor || record.actor == query.actor) &&
           (!query.before || record.at < *query.before) &&
           (!query.after || Key{record.at, record.id} < Key{query.after->at, query.after->id});
}

class MemoryAudit final : public store::WithMemoryPositions<AuditStore> {
  public:
    Task<LedgerOutcome> apply_batch(store::Batch<contracts::AuditRecord> batch) override {
        positions_.move(batch.from, batch.through, batch.records.size());
        LedgerOutcome outcome;
        for (const auto& record : batch.records) {
            if (!record) {
                ++outcome.unreadable;
                continue;
            }
            const auto [entry, is_new] = records_.try_emplace(record->id, *record);
            entry->second.count = std::max(entry->second.count, record->count);
            ++(is_new ? outcome.stored : outcome.repeated);
        }
        co_return outcome;
    }

    Task<std::vector<contracts::AuditRecord>> list(store::AuditQuery query) override {
        store::check_audit(query);
        std::vector<contracts::AuditRecord> found;
        for (const auto& [id, record] : records_) {
            if (fits(record, query)) {
                found.push_back(record);
            }
        }
        std::ranges::sort(found, std::ranges::greater{}, [](const contracts::AuditRecord& record) {
            return Key{record.at, record.id};
        });
        found.resize(std::min(found.size(), query.limit));
        co_return found;
    }

  private:
    std::map<Uuid, contracts::AuditRecord> records_;
};

}  // namespace

std::unique_ptr<AuditStore> make_memory_audit() { return std::make_unique<MemoryAudit>(); }

}  // namespace loquat::consumer
