#include "services/chat/adapters/memory_generations.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <ranges>

#include "store/sql/database.hpp"

namespace loquat::chat {
namespace {

class MemoryGenerations final : public GenerationStore {
  public:
    Task<GenerationState> insert(GenerationRecord record) override {
        for (const auto& [id, one] : records_) {
            const bool is_taken = !record.client_id.empty() && one.user == record.user &&
                                  one.chat == record.chat && one.client_id == record.client_id;
            if (is_taken || id == record.id) {
                throw store::ConstraintFailure{"generations", "taken"};
            }
        }
        if (record.prompt_seq == 0) {
            for (const auto& [id, one] : records_) {
                const bool is_near = one.chat == record.chat;
                record.prompt_seq =
                    is_near ? std::max(record.prompt_seq, one.prompt_seq) : record.prompt_seq;
            }
        }
        numbers_.emplace(record.id, std::ssize(numbers_));
        const GenerationState state = record.state;
        records_.emplace(record.id, std::move(record));
        co_return state;
    }

    Task<bool> begin(GenerationId id, Time at) override {
        const auto found = records_.find(id);
        if (found == records_.end() || found->second.state != GenerationState::queued) {
            co_return false;
        }
        found->second.state = GenerationState::streaming;
        found->second.started_at = at;
        co_return true;
    }

    Task<std::vector<bool>> finish(std::vector<GenerationRecord> records) override {
        std::vector<bool> finished;
        for (GenerationRecord& record : records) {
            const auto found = records_.find(record.id);
            const bool is_open = found != records_.end() && !is_terminal(found->second.state);
            if (is_open) {
                record.started_at = found->second.started_at;
                record.is_settled = false;
                record.prompt_seq =
                    record.prompt_seq > 0 ? record.prompt_seq : found->second.prompt_seq;
                found->second = std::move(record);
            }
            finished.push_back(is_open);
        }
        co_return finished;
    }

    Task<void> settle(std::vector<GenerationId> ids) override {
        for (const GenerationId& id : ids) {
            if (const auto found = records_.find(id); found != records_.end()) {
                found->second.is_settled = true;
            }
        }
        co_return;
    }

    Task<void> erase_text(GenerationId id) override {
        const auto found = records_.find(id);
        if (found != records_.end() && is_terminal(found->second.state)) {
            found->second.text.clear();
        }
        co_return;
    }

    Task<std::optional<GenerationRecord>> find(GenerationId id) override {
        const auto found = records_.find(id);
        co_return found == records_.end() ? std::nullopt : std::optional{found->second};
    }

    Task<std::optional<GenerationRecord>> find_by_client_id(UserId user, ChatId chat,
                                                            std::string client_id) override {
        for (const auto& [id, one] : records_) {
            if (one.user == user && one.chat == chat && one.client_id == client_id) {
                co_return one;
            }
        }
        co_return std::nullopt;
    }

    Task<std::optional<GenerationRecord>> find_last_prompted(ChatId chat) override {
        for (const GenerationRecord& one : in_order(chat)) {
            if (one.prompt) {
                co_return one;
            }
        }
        co_return std::nullopt;
    }

    Task<GenerationPage> list(ChatId chat, std::optional<GenerationId> before,
                              std::size_t limit) override {
        GenerationPage page;
        std::size_t bytes = 0;
        bool has_begun = !before;
        for (const GenerationRecord& one : in_order(chat)) {
            if (!has_begun) {
                has_begun = one.id == *before;
                continue;
            }
            bytes += one.text.size();
            if (page.items.size() == limit || (!page.items.empty() && bytes > page_bytes_max)) {
                page.has_more = true;
                break;
            }
            page.items.push_back(one);
        }
        co_return page;
    }

    Task<std::vector<GenerationRecord>> list_unfinished() override {
        co_return choose([](const GenerationRecord& one) { return !is_terminal(one.state); });
    }

    Task<std::vector<GenerationRecord>> list_unsettled() override {
        co_return choose(
            [](const GenerationRecord& one) { return is_terminal(one.state) && !one.is_settled; });
    }

  private:
    // The last first.
    std::vector<GenerationRecord> in_order(ChatId chat) {
        auto found = records_ | std::views::values |
                     std::views::filter([&](const auto& one) { return one.chat == chat; });
        std::vector<GenerationRecord> all{found.begin(), found.end()};
        std::ranges::sort(all, std::greater{}, [this](const GenerationRecord& one) {
            return std::pair{one.prompt_seq, numbers_.at(one.id)};
        });
        return all;
    }

    std::vector<GenerationRecord> choose(const std::function<bool(const GenerationRecord&)>& fits) {
        std::vector<GenerationRecord> chosen;
        for (const auto& [id, one] : records_) {
            if (fits(one) && chosen.size() < list_max) {
                chosen.push_back(one);
            }
        }
        return chosen;
    }

    std::map<GenerationId, GenerationRecord> records_;
    std::map<GenerationId, std::ptrdiff_t> numbers_;  // as they were inserted
};

class MemoryJournal final : public GenerationJournal {
  public:
    Task<std::uint64_t> append(JournalPartsPtr parts) override {
        for (const JournalPart& part : *parts) {
            for (const GenerationEvent& event : part.events) {
                last_ += event.delta.size();
            }
        }
        rows_.emplace(++last_, *parts);
        co_return last_;
    }

    Task<void> trim(std::uint64_t before) override {
        rows_.erase(rows_.begin(), rows_.lower_bound(before));
        co_return;
    }

    Task<std::vector<JournalRow>> read(std::uint64_t after) override {
        std::vector<JournalRow> rows;
        for (auto at = rows_.upper_bound(after); at != rows_.end() && rows.size() < read_rows_max;
             ++at) {
            rows.push_back({at->first, at->second});
        }
        co_return rows;
    }

  private:
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, JournalParts> rows_;
};

}  // namespace

std::unique_ptr<GenerationStore> make_memory_generations() {
    return std::make_unique<MemoryGenerations>();
}

std::unique_ptr<GenerationJournal> make_memory_journal() {
    return std::make_unique<MemoryJournal>();
}

}  // namespace loquat::chat
