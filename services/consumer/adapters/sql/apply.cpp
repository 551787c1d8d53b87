#include "services/consumer/adapters/sql/apply.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "services/consumer/domain/rules.hpp"
#include "store/position/sql_positions.hpp"

namespace loquat::consumer {
namespace {

constexpr std::size_t chats_max = 200'000;

const std::string select_sql = "SELECT " + std::string{message_columns} + " FROM messages ";
constexpr std::string_view chat_sql = "SELECT number, last_seq FROM chats WHERE id = $1";
constexpr std::string_view make_chat_sql =
    "INSERT INTO chats (id, last_seq) VALUES ($1, $2) RETURNING number";
// Whether a message is there, or has to do with one that is.
constexpr std::string_view known_sql =
    "SELECT seq FROM messages WHERE chat = $1 AND sender = $2 AND client_id = $3 "
    "UNION ALL SELECT seq FROM messages WHERE id = $4";
const std::string first_sql = select_sql + "WHERE chat = $1 AND sender = $2 AND client_id = $3";
const std::string target_sql = select_sql + "WHERE chat = $1 AND id = $2";

std::vector<UserId> split_users(std::string_view bytes) {
    std::vector<UserId> users;
    for (; bytes.size() >= 16; bytes.remove_prefix(16)) {
        users.push_back(UserId::from_bytes(bytes.substr(0, 16)));
    }
    return users;
}

// Records of a chat stay in order and come together, so that neighbours in the tables are written
// together.
std::vector<std::size_t> order_by_chat(const MessageBatch& batch) {
    const auto place_of = [&batch](std::size_t i) {
        return std::pair{batch.records[i] ? batch.records[i]->chat : ChatId{}, i};
    };
    std::vector<std::size_t> order(batch.records.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, place_of);
    return order;
}

void add_mentions(store::Transaction& transaction, std::int64_t chat,
                  const contracts::StoredMessage& message) {
    for (const UserId& user : message.mentions) {
        transaction.execute(mention_sql, {user, chat, message.seq});
    }
}

void take_mentions(store::Transaction& transaction, std::int64_t chat,
                   const contracts::StoredMessage& message) {
    for (const UserId& user : message.mentions) {
        transaction.execute("DELETE FROM mentions WHERE user = $1 AND chat = $2 AND seq = $3",
                            {user, chat, message.seq});
    }
}

void save_change(store::Transaction& transaction, std::int64_t chat,
                 const contracts::StoredMessage& message) {
    const std::string mentions = joined(message.mentions);
    transaction.execute(
        "UPDATE messages SET text = $3, mentions = $4, edited_at = $5, deleted_at = $6, "
        "sent_sum = CASE WHEN CAST($6 AS BIGINT) IS NULL THEN sent_sum ELSE 0 END WHERE chat = $1 "
        "AND seq = $2",
        {chat, message.seq, message.text, blob_or_null(mentions), message.edited_at,
         message.deleted_at});
}

}  // namespace

contracts::StoredMessage read_message(const store::Row& row, ChatId chat) {
    contracts::StoredMessage message;
    message.chat = chat;
    message.seq = row.integer(0);
    message.id = row.id<MessageId>(1);
    message.sender.id = row.id<UserId>(2);
    message.sender.kind = static_cast<contracts::ParticipantKind>(row.integer(3));
    message.sender.username = row.text(4);
    message.sender.display_name = row.text(5);
    message.client_id = row.text(6);
    message.text = row.text(7);
    message.reply_to = row.maybe_id<MessageId>(8);
    message.mentions = row.is_null(9) ? std::vector<UserId>{} : split_users(row.blob(9));
    message.generation_id = row.is_null(10) ? std::string{} : row.text(10);
    message.created_at = row.time(11);
    message.edited_at = row.maybe_time(12);
    message.deleted_at = row.maybe_time(13);
    return message;
}

void Applier::find_floor(store::Transaction& transaction) {
    if (floor_ && trusted_) {
        return;
    }
    const auto marked =
        marks_.floor == nullptr ? 0 : static_cast<std::int64_t>(marks_.floor->value());
    transaction.execute(
        "INSERT INTO seq_floor (one, floor) VALUES (1, $1) "
        "ON CONFLICT (one) DO UPDATE SET floor = CASE WHEN excluded.floor > seq_floor.floor "
        "THEN excluded.floor ELSE seq_floor.floor END",
        {marked});
    floor_ = transaction.query("SELECT floor FROM seq_floor").front().integer(0);
    if (marks_.highest != nullptr) {
        // The marks may be of a version that had none, or older after a loss of power.
        const store::Rows rows = transaction.query("SELECT coalesce(max(last_seq), 0) FROM chats");
        marks_.highest->raise(static_cast<std::uint64_t>(rows.front().integer(0)));
    }
}

// After the position was moved: what is stored now must be what was left, moved by this batch.
void Applier::refresh(store::Transaction& transaction, const MessageBatch& batch) {
    std::vector<store::Position> stored = store::read_positions(transaction, batch.from.partition);
    std::vector<store::Position>& left = positions_[batch.from.partition];
    const auto mine = std::ranges::find_if(left, [&from = batch.from](const store::Position& one) {
        return one.consumer == from.consumer && one.generation == from.generation &&
               one.applied == from.applied;
    });
    if (mine != left.end()) {
        *mine = store::moved(*mine, batch.through);
    }
    if (!trusted_ || mine == left.end() || stored != left || chats_.size() > chats_max) {
        chats_.clear();
    }
    left = std::move(stored);
    changed_.clear();
    waiting_.clear();
}

Applier::Chat& Applier::chat_of(store::Transaction& transaction, ChatId id) {
    const auto known = chats_.find(id);
    if (known != chats_.end()) {
        return known->second;
    }
    const store::Rows rows = transaction.query(chat_sql, {id});
    if (!rows.empty()) {
        return chats_[id] = {rows.front().integer(0), std::max(rows.front().integer(1), *floor_)};
    }
    const store::Rows made = transaction.query(make_chat_sql, {id, *floor_});
    return chats_[id] = {made.front().integer(0), *floor_};
}

void Applier::learn_chats(store::Transaction& transaction, const MessageBatch& batch) {
    std::vector<ChatId> unknown;
    for (const auto& record : batch.records) {
        if (record && !chats_.contains(record->chat)) {
            unknown.push_back(record->chat);
        }
    }
    std::ranges::sort(unknown);
    unknown.erase(std::ranges::unique(unknown).begin(), unknown.end());
    std::vector<store::Params> sets;
    for (const ChatId& id : unknown) {
        sets.push_back({id});
    }
    const auto found = transaction.query_each(chat_sql, sets);
    std::vector<ChatId> missing;
    std::vector<store::Params> made;
    for (std::size_t i = 0; i < unknown.size(); ++i) {
        if (!found[i].empty()) {
            const store::Row row = found[i].front();
            chats_[unknown[i]] = {row.integer(0), std::max(row.integer(1), *floor_)};
        } else {
            missing.push_back(unknown[i]);
            made.push_back({unknown[i], *floor_});
        }
    }
    const auto numbers = transaction.query_each(make_chat_sql, made);
    for (std::size_t i = 0; i < missing.size(); ++i) {
        chats_[missing[i]] = {numbers[i].front().integer(0), *floor_};
    }
}

std::vector<bool> Applier::find_new(store::Transaction& transaction, const MessageBatch& batch,
                                    const std::vector<std::size_t>& order) {
    learn_chats(transaction, batch);
    std::vector<store::Params> sets;
    std::vector<std::size_t> asked;
    for (const std::size_t i : order) {
        const auto& record = batch.records[i];
        if (record && record->kind == contracts::RecordKind::message) {
            sets.push_back({chats_.at(record->chat).number, record->sender.id, record->client_id,
                            record->message_id});
            asked.push_back(i);
        }
    }
    const auto known = transaction.query_each(known_sql, sets);
    std::set<std::tuple<ChatId, UserId, std::string_view>> keys;
    std::set<MessageId> ids;
    std::vector<bool> is_new(batch.records.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const contracts::MessageRecord& record = *batch.records[asked[i]];
        // Also those that are no new ones: what comes behind them must ask again.
        const bool has_key = !keys.insert({record.chat, record.sender.id, record.client_id}).second;
        const bool has_id = !ids.insert(record.message_id).second;
        is_new[asked[i]] = known[i].empty() && !has_key && !has_id;
    }
    return is_new;
}

contracts::Outcome Applier::insert_later(const contracts::MessageRecord& record) {
    Chat& chat = chats_.at(record.chat);
    advance(chat, chat.last_seq + 1);
    waiting_.add(record, chat.number, chat.last_seq);
    return {.kind = contracts::OutcomeKind::stored,
            .message = contracts::make_stored(record, chat.last_seq)};
}

void Applier::advance(Chat& chat, std::int64_t seq) {
    chat.last_seq = seq;
    if (!std::exchange(chat.changed, true)) {
        changed_.push_back(&chat);
    }
}

contracts::Outcome Applier::insert(store::Transaction& transaction,
                                   const contracts::MessageRecord& record) {
    contracts::Outcome outcome = insert_as(transaction, record, record.client_id);
    if (outcome.kind == contracts::OutcomeKind::conflict && is_promised(record)) {
        return insert_as(transaction, record, own_client_id(record));
    }
    return outcome;
}

contracts::Outcome Applier::insert_as(store::Transaction& transaction,
                                      const contracts::MessageRecord& record,
                                      const std::string& client_id) {
    Chat& chat = chat_of(transaction, record.chat);
    const std::int64_t seq = chat.last_seq + 1;
    const std::string mentions = joined(record.mentions);
    const std::int64_t added = transaction.execute(
        insert_sql, message_params(record, {chat.number, seq, client_id, mentions}));
    if (added == 1) {
        advance(chat, seq);
        contracts::StoredMessage message = contracts::make_stored(record, seq);
        message.client_id = client_id;
        add_mentions(transaction, chat.number, message);
        return {.kind = contracts::OutcomeKind::stored, .message = std::move(message)};
    }
    const store::Rows first =
        transaction.query(first_sql, {chat.number, record.sender.id, client_id});
    if (first.empty()) {
        return refused("message.id_taken");
    }
    return repeat_of(read_message(first.front(), record.chat), first.front().integer(14),
                     store::text_sum(record.text));
}

contracts::Outcome Applier::apply_record(store::Transaction& transaction,
                                         const contracts::MessageRecord& record) {
    if (record.kind == contracts::RecordKind::message) {
        return insert(transaction, record);
    }
    const Chat& chat = chat_of(transaction, record.chat);
    const store::Rows rows = transaction.query(target_sql, {chat.number, record.message_id});
    std::optional<contracts::StoredMessage> found;
    if (!rows.empty()) {
        found = read_message(rows.front(), record.chat);
    }
    contracts::Outcome outcome = change(record, found);
    if (outcome.kind == contracts::OutcomeKind::edited ||
        outcome.kind == contracts::OutcomeKind::deleted) {
        take_mentions(transaction, chat.number, *found);
        add_mentions(transaction, chat.number, outcome.message);
        save_change(transaction, chat.number, outcome.message);
    }
    return outcome;
}

void Applier::save_heads(store::Transaction& transaction) {
    std::vector<store::Params> heads;
    heads.reserve(changed_.size());
    for (Chat* chat : changed_) {
        // A number that was marked and is not committed only leaves a gap after a loss.
        if (marks_.highest != nullptr) {
            marks_.highest->raise(static_cast<std::uint64_t>(chat->last_seq));
        }
        heads.push_back({chat->number, chat->last_seq});
        chat->changed = false;
    }
    changed_.clear();
    transaction.execute_each("UPDATE chats SET last_seq = $2 WHERE number = $1", heads);
}

std::vector<contracts::Outcome> Applier::apply(store::Transaction& transaction,
                                               const MessageBatch& batch) {
    store::move_position(transaction, batch.from, batch.through, batch.records.size());
    find_floor(transaction);
    refresh(transaction, batch);
    trusted_ = false;
    const std::vector<std::size_t> order = order_by_chat(batch);
    // What was sure and failed is done one by one the next time.
    const bool may_look_ahead = !transaction.is_near() && !std::exchange(has_failed_, true);
    const std::vector<bool> is_new = may_look_ahead ? find_new(transaction, batch, order)
                                                    : std::vector<bool>(batch.records.size());
    std::vector<contracts::Outcome> outcomes;
    outcomes.resize(batch.records.size());
    for (const std::size_t i : order) {
        const auto& record = batch.records[i];
        if (is_new[i]) {
            outcomes[i] = insert_later(*record);
            continue;
        }
        waiting_.write(transaction);
        outcomes[i] = record ? apply_record(transaction, *record) : refused("record.unreadable");
    }
    waiting_.write(transaction);
    save_heads(transaction);
    trusted_ = true;
    has_failed_ = false;
    return outcomes;
}

}  // namespace loquat::consumer
