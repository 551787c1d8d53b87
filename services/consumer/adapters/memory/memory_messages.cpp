#include "services/consumer/adapters/memory/memory_messages.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "services/consumer/domain/rules.hpp"
#include "store/position/memory_positions.hpp"

namespace loquat::consumer {
namespace {

class MemoryMessages final : public store::WithMemoryPositions<MessageStore> {
  public:
    Task<store::Progress> stored() override {
        co_return positions_.progress(std::string{store::log_reader},
                                      std::string{contracts::records::messages.topic});
    }

    Task<std::vector<contracts::Outcome>> apply_batch(MessageBatch batch) override {
        positions_.move(batch.from, batch.through, batch.records.size());
        std::vector<contracts::Outcome> outcomes;
        for (const auto& record : batch.records) {
            outcomes.push_back(record ? apply(*record) : refused("record.unreadable"));
        }
        co_return outcomes;
    }

    Task<std::optional<contracts::StoredMessage>> find_by_id(MessageId id) override {
        const auto found = by_id_.find(id);
        co_return found == by_id_.end() ? std::nullopt : std::optional{found->second->message};
    }

    Task<std::optional<contracts::StoredMessage>> find_by_client_id(
        ChatId chat, UserId sender, std::string client_id) override {
        const auto found = by_client_.find({chat, sender, client_id});
        co_return found == by_client_.end() ? std::nullopt : std::optional{found->second->message};
    }

    Task<std::optional<contracts::Outcome>> find_repeat(ChatId chat, UserId sender,
                                                        std::string client_id,
                                                        std::int64_t sum) override {
        const auto found = by_client_.find({chat, sender, client_id});
        if (found == by_client_.end()) {
            co_return std::nullopt;
        }
        const Entry& first = *found->second;
        co_return repeat_of(first.message, first.sent_sum, sum);
    }

    Task<store::Page> page(store::PageQuery query) override {
        store::check_page(query);
        const auto& entries = chats_[query.chat];
        const auto size = static_cast<std::int64_t>(entries.size());
        const auto limit = static_cast<std::int64_t>(query.limit);
        std::int64_t begin = 0;
        std::int64_t end = size;
        if (query.after_seq) {
            begin = std::clamp<std::int64_t>(*query.after_seq, 0, size);
            end = std::min(size, begin + limit);
        } else {
            end =
                query.before_seq ? std::clamp<std::int64_t>(*query.before_seq - 1, 0, size) : size;
            begin = std::max<std::int64_t>(0, end - limit);
        }
        store::Page page{.items = {}, .head_seq = size};
        for (std::int64_t i = begin; i < end; ++i) {
            page.items.push_back(entries[static_cast<std::size_t>(i)]->message);
        }
        co_return page;
    }

    Task<std::vector<store::Head>> heads(std::vector<ChatId> chats) override {
        store::check_heads(chats.size());
        std::vector<store::Head> heads;
        for (const ChatId& chat : chats) {
            const auto& entries = chats_[chat];
            store::Head head{
                .chat = chat, .last_seq = static_cast<std::int64_t>(entries.size()), .last = {}};
            if (!entries.empty()) {
                head.last = entries.back()->message;
            }
            heads.push_back(std::move(head));
        }
        co_return heads;
    }

    Task<std::vector<std::vector<std::int64_t>>> list_deleted(std::vector<ChatId> chats) override {
        store::check_heads(chats.size());
        std::vector<std::vector<std::int64_t>> all;
        for (const ChatId& chat : chats) {
            std::vector<std::int64_t>& seqs = all.emplace_back();
            for (const auto& entry : chats_[chat]) {
                if (entry->message.deleted_at) {
                    seqs.push_back(entry->message.seq);
                }
            }
            if (seqs.size() > deleted_max) {
                seqs.erase(seqs.begin(), seqs.end() - deleted_max);
            }
        }
        co_return all;
    }

    Task<std::vector<std::vector<std::int64_t>>> list_mentions(
        std::vector<store::MentionQuery> queries) override {
        store::check_heads(queries.size());
        std::vector<std::vector<std::int64_t>> all;
        for (const store::MentionQuery& query : queries) {
            std::vector<std::int64_t>& seqs = all.emplace_back();
            for (const auto& entry : chats_[query.chat]) {
                const contracts::StoredMessage& message = entry->message;
                if (message.seq > query.after_seq &&
                    std::ranges::find(message.mentions, query.user) != message.mentions.end()) {
                    seqs.push_back(message.seq);
                }
            }
            if (seqs.size() > mentions_max) {
                seqs.erase(seqs.begin(), seqs.end() - mentions_max);
            }
        }
        co_return all;
    }

    Task<store::Scanned> scan_sender(UserId sender, store::ScanPlace) override {
        store::Scanned scanned;
        for (const auto& [chat, entries] : chats_) {
            for (const auto& entry : entries) {
                if (entry->message.sender.id == sender && !entry->message.deleted_at) {
                    scanned.found.push_back({chat, entry->message.id});
                }
            }
        }
        co_return scanned;
    }

  private:
    struct Entry {
        contracts::StoredMessage message;
        std::int64_t sent_sum = 0;
    };

    contracts::Outcome apply(const contracts::MessageRecord& record) {
        if (record.kind != contracts::RecordKind::message) {
            const auto found = by_id_.find(record.message_id);
            contracts::Outcome outcome = found == by_id_.end()
                                             ? change(record, std::nullopt)
                                             : change(record, found->second->message);
            if (outcome.kind == contracts::OutcomeKind::edited ||
                outcome.kind == contracts::OutcomeKind::deleted) {
                found->second->message = outcome.message;
            }
            return outcome;
        }
        contracts::Outcome outcome = insert_as(record, record.client_id);
        if (outcome.kind == contracts::OutcomeKind::conflict && is_promised(record)) {
            return insert_as(record, own_client_id(record));
        }
        return outcome;
    }

    contracts::Outcome insert_as(const contracts::MessageRecord& record,
                                 const std::string& client_id) {
        const std::tuple key{record.chat, record.sender.id, client_id};
        if (const auto first = by_client_.find(key); first != by_client_.end()) {
            return repeat_of(first->second->message, first->second->sent_sum,
                             store::text_sum(record.text));
        }
        if (by_id_.contains(record.message_id)) {
            return refused("message.id_taken");
        }
        auto& entries = chats_[record.chat];
        auto entry = std::make_shared<Entry>();
        entry->message =
            contracts::make_stored(record, static_cast<std::int64_t>(entries.size()) + 1);
        entry->message.client_id = client_id;
        entry->sent_sum = store::text_sum(record.text);
        entries.push_back(entry);
        by_client_.emplace(key, entry);
        by_id_.emplace(record.message_id, entry);
        return {.kind = contracts::OutcomeKind::stored, .message = entry->message};
    }

    std::unordered_map<ChatId, std::vector<std::shared_ptr<Entry>>> chats_;
    std::unordered_map<MessageId, std::shared_ptr<Entry>> by_id_;
    std::map<std::tuple<ChatId, UserId, std::string>, std::shared_ptr<Entry>> by_client_;
};

}  // namespace

std::unique_ptr<MessageStore> make_memory_messages() { return std::make_unique<MemoryMessages>(); }

}  // namespace loquat::consumer
