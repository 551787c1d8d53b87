#include "services/consumer/adapters/mongo/mongo_messages.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "services/consumer/adapters/mongo/mongo_reads.hpp"
#include "services/consumer/domain/rules.hpp"

namespace loquat::consumer {
namespace {

using contracts::MessageRecord;
using contracts::Outcome;
using store::Document;
using store::MongoConnection;

constexpr std::string_view counts_name = "partition_counts";
constexpr std::size_t chats_max = 200'000;
constexpr std::size_t asked_max = 100;  // chats in one question
constexpr std::size_t ids_max = 1'000;  // messages in one question

using LastSeqs = std::unordered_map<ChatId, std::int64_t>;

// What this process knows of a chain as long as nobody else fills it.
struct Chain {
    std::mutex turn;
    std::optional<ChainEnd> end;  // none: not known
    LastSeqs last_seqs;
    std::optional<std::string> secured;  // the last intent when it was secured
};

// Messages that the records may repeat or change.
std::vector<Document> find_concerned(MongoConnection& connection, const MessageBatch& batch) {
    std::vector<Uuid> ids;
    std::map<ChatId, std::vector<std::string>> client_ids;
    for (const auto& record : batch.records) {
        if (record) {
            ids.push_back(record->message_id.uuid);
        }
        if (record && record->kind == contracts::RecordKind::message) {
            std::ranges::move(client_ids_of(*record), std::back_inserter(client_ids[record->chat]));
        }
    }
    std::map<Uuid, Document> found;
    const auto ask = [&](const Document& filter) {
        for (Document& document :
             connection.find({.collection = messages_name, .filter = filter})) {
            found.try_emplace(document.uuid("_id"), std::move(document));
        }
    };
    std::span<const Uuid> left{ids};
    while (!left.empty()) {
        const auto some = left.first(std::min(left.size(), ids_max));
        ask({{"_id", Document{{"$in", Document::Value::Uuids{some}}}}});
        left = left.subspan(some.size());
    }
    std::vector<Document> any;
    for (const auto& [chat, names] : client_ids) {
        any.push_back(
            {{"chat", chat}, {"client_id", Document{{"$in", Document::Value::Texts{names}}}}});
        if (any.size() == asked_max) {
            ask({{"$or", Document::Value::Array{any}}});
            any.clear();
        }
    }
    if (!any.empty()) {
        ask({{"$or", Document::Value::Array{any}}});
    }
    std::vector<Document> all;
    for (auto& [id, document] : found) {
        all.push_back(std::move(document));
    }
    return all;
}

void learn(MongoConnection& connection, const MessageBatch& batch, const LastSeqs& known,
           BatchEffect& effect) {
    for (KeptMessage& kept : read_current(connection, find_concerned(connection, batch))) {
        effect.know(std::move(kept));
    }
    std::set<ChatId> asked;
    for (const auto& record : batch.records) {
        if (record && record->kind == contracts::RecordKind::message &&
            asked.insert(record->chat).second) {
            const auto last = known.find(record->chat);
            effect.know_last(record->chat, last != known.end()
                                               ? last->second
                                               : read_last_seq(connection, record->chat));
        }
    }
}

// What was stored before the rest of its batch was cut off is no repeat: nobody was told of it.
bool is_itself(const std::optional<MessageRecord>& record, const Outcome& outcome) {
    return record && record->kind == contracts::RecordKind::message &&
           outcome.kind == contracts::OutcomeKind::duplicate &&
           outcome.message.id == record->message_id;
}

class MongoMessages final : public MessageStore {
  public:
    MongoMessages(store::MongoOptions options, MongoSteps steps)
        : steps_(std::move(steps)), server_(std::move(options)) {}

    Task<store::Position> position(std::string consumer, store::Partition partition) override {
        auto work = [this, consumer, partition](MongoConnection& connection) {
            Chain& chain = chain_of(consumer, partition);
            const std::lock_guard lock{chain.turn};
            return settle(connection, chain, consumer, partition).at;
        };
        co_return co_await server_.write(std::move(work));
    }

    Task<store::Position> adopt(store::Position from, Uuid log, store::Offset applied) override {
        auto work = [this, from, log, applied](MongoConnection& connection) {
            Chain& chain = chain_of(from.consumer, from.partition);
            const std::lock_guard lock{chain.turn};
            const ChainEnd now = settle(connection, chain, from.consumer, from.partition);
            store::check_position(from, now.at);
            const Intent intent{.from = now, .to = store::adopted(now.at, log, applied)};
            append(connection, chain, intent);
            return intent.to;
        };
        co_return co_await server_.write(std::move(work));
    }

    Task<std::uint32_t> claim_partitions(std::string topic, std::uint32_t partitions) override {
        auto work = [topic, partitions](MongoConnection& connection) {
            const std::vector<Document> said{
                {{"_id", topic}, {"partitions", std::int64_t{partitions}}}};
            if (connection.insert(counts_name, said) == 1) {
                return partitions;
            }
            const auto first =
                connection.find_one({.collection = counts_name, .filter = {{"_id", topic}}});
            return first ? static_cast<std::uint32_t>(first->integer("partitions")) : partitions;
        };
        co_return co_await server_.write(std::move(work));
    }

    Task<std::optional<store::Position>> secure(std::string consumer,
                                                store::Partition partition) override {
        auto work = [this, consumer, partition](MongoConnection& connection) {
            Chain& chain = chain_of(consumer, partition);
            const std::lock_guard lock{chain.turn};
            const store::Position at = settle(connection, chain, consumer, partition).at;
            IntentChain intents{connection, steps_};
            const auto before = std::exchange(chain.secured, intents.secure(consumer, partition));
            if (before) {
                intents.forget_before(consumer, partition, *before);
            }
            return std::optional{at};
        };
        co_return co_await server_.write(std::move(work));
    }

    Task<std::vector<Outcome>> apply_batch(MessageBatch batch) override {
        auto work = [this, batch = std::move(batch)](MongoConnection& connection) {
            return apply(connection, batch);
        };
        co_return co_await server_.write(std::move(work));
    }

    bool may_be_away() const override { return true; }

    std::size_t batch_bytes_max() const override { return mongo_records_bytes_max; }

    Task<store::Progress> stored() override {
        auto work = [](MongoConnection& connection) { return read_progress(connection); };
        co_return co_await server_.read(work);
    }

    Task<std::optional<contracts::StoredMessage>> find_by_id(MessageId id) override {
        auto work = [id](MongoConnection& connection) {
            return message_in(read_message(connection, {{"_id", id}}));
        };
        co_return co_await server_.read(std::move(work));
    }

    Task<std::optional<contracts::StoredMessage>> find_by_client_id(
        ChatId chat, UserId sender, std::string client_id) override {
        auto work = [chat, sender, client_id](MongoConnection& connection) {
            return message_in(read_message(connection, with_client_id(chat, sender, client_id)));
        };
        co_return co_await server_.read(std::move(work));
    }

    Task<std::optional<Outcome>> find_repeat(ChatId chat, UserId sender, std::string client_id,
                                             std::int64_t sum) override {
        auto work = [chat, sender, client_id,
                     sum](MongoConnection& connection) -> std::optional<Outcome> {
            auto first = read_message(connection, with_client_id(chat, sender, client_id));
            if (!first) {
                return std::nullopt;
            }
            return repeat_of(std::move(first->message), first->sent_sum, sum);
        };
        co_return co_await server_.read(std::move(work));
    }

    Task<store::Page> page(store::PageQuery query) override {
        store::check_page(query);
        auto work = [query](MongoConnection& connection) { return read_page(connection, query); };
        co_return co_await server_.read(std::move(work));
    }

    Task<std::vector<store::Head>> heads(std::vector<ChatId> chats) override {
        store::check_heads(chats.size());
        auto work = [chats = std::move(chats)](MongoConnection& connection) {
            return read_heads(connection, chats);
        };
        co_return co_await server_.read(std::move(work));
    }

    Task<std::vector<std::vector<std::int64_t>>> list_deleted(std::vector<ChatId> chats) override {
        store::check_heads(chats.size());
        auto work = [chats = std::move(chats)](MongoConnection& connection) {
            std::vector<std::vector<std::int64_t>> all;
            for (const ChatId& chat : chats) {
                all.push_back(read_deleted(connection, chat));
            }
            return all;
        };
        co_return co_await server_.read(std::move(work));
    }

    Task<std::vector<std::vector<std::int64_t>>> list_mentions(
        std::vector<store::MentionQuery> queries) override {
        store::check_heads(queries.size());
        auto work = [queries = std::move(queries)](MongoConnection& connection) {
            std::vector<std::vector<std::int64_t>> all;
            for (const store::MentionQuery& query : queries) {
                all.push_back(read_mentions(connection, query));
            }
            return all;
        };
        co_return co_await server_.read(std::move(work));
    }

    Task<store::Scanned> scan_sender(UserId sender, store::ScanPlace after) override {
        auto work = [sender, after](MongoConnection& connection) {
            return read_sender(connection, sender, after);
        };
        co_return co_await server_.read(std::move(work));
    }

  private:
    static std::optional<contracts::StoredMessage> message_in(std::optional<KeptMessage> kept) {
        return kept ? std::optional{std::move(kept->message)} : std::nullopt;
    }

    Chain& chain_of(const std::string& consumer, const store::Partition& partition) {
        const std::lock_guard lock{mutex_};
        return chains_[{consumer, partition}];
    }

    // With the chain's turn.
    ChainEnd settle(MongoConnection& connection, Chain& chain, const std::string& consumer,
                    const store::Partition& partition) {
        const auto before = std::exchange(chain.end, std::nullopt);
        ChainEnd now = IntentChain{connection, steps_}.settle(consumer, partition);
        if (before != now || chain.last_seqs.size() > chats_max) {
            chain.last_seqs.clear();
        }
        chain.end = now;
        return now;
    }

    // What fails leaves nothing known: the next one looks where the chain has come to.
    void append(MongoConnection& connection, Chain& chain, const Intent& intent) {
        chain.end.reset();
        IntentChain{connection, steps_}.append(intent);
        chain.end = ChainEnd{intent.to};
    }

    std::vector<Outcome> apply(MongoConnection& connection, const MessageBatch& batch) {
        store::check_batch(batch.from, batch.through, batch.records.size());
        Chain& chain = chain_of(batch.from.consumer, batch.from.partition);
        const std::lock_guard lock{chain.turn};
        if (!chain.end || chain.end->at != batch.from || chain.last_seqs.size() > chats_max) {
            settle(connection, chain, batch.from.consumer, batch.from.partition);
        }
        const ChainEnd from = *chain.end;
        store::check_position(batch.from, from.at);
        BatchEffect effect;
        learn(connection, batch, chain.last_seqs, effect);
        std::vector<Outcome> outcomes;
        outcomes.reserve(batch.records.size());
        for (const auto& record : batch.records) {
            outcomes.push_back(effect.apply(record));
            if (from.turn > 0 && is_itself(record, outcomes.back())) {
                outcomes.back().kind = contracts::OutcomeKind::stored;
            }
        }
        if (batch.through > from.at.applied) {
            append(connection, chain, to_intent(batch, from, effect));
        }
        for (const auto& [chat, seq] : effect.last_seqs()) {
            chain.last_seqs[chat] = seq;
        }
        return outcomes;
    }

    MongoSteps steps_;
    std::mutex mutex_;
    std::map<std::pair<std::string, store::Partition>, Chain> chains_;
    store::MongoServer server_;  // its threads use the others: ends first
};

}  // namespace

Intent to_intent(const MessageBatch& batch, const ChainEnd& from, const BatchEffect& effect) {
    Intent intent{.from = from, .to = store::moved(from.at, batch.through)};
    for (const KeptMessage& kept : effect.added()) {
        intent.messages.push_back(document_of(kept));
    }
    for (const auto& [id, changed] : effect.changed()) {
        intent.changes.push_back(document_of(changed.message, rev_of(from.at, changed.record)));
    }
    return intent;
}

std::unique_ptr<MessageStore> open_mongo_messages(store::MongoOptions options, MongoRole role,
                                                  MongoSteps steps) {
    options.collection = messages_name;
    const store::MongoTarget target = options.target;
    auto messages = std::make_unique<MongoMessages>(std::move(options), std::move(steps));
    if (role == MongoRole::filler) {
        MongoConnection connection{target};
        make_message_indexes(connection);
    }
    return messages;
}

}  // namespace loquat::consumer
