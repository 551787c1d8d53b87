#include "services/consumer/adapters/apply.hpp"

#include <algorithm>
#include <numeric>

#include "services/consumer/domain/rules.hpp"
#include "store/position/sql_positions.hpp"

namespace loquat::consumer {
namespace {

constexpr std::size_t chats_max = 200'000;

constexpr std::string_view insert_sql =
    "INSERT INTO messages (chat, seq, id, sender, sender_kind, username, display_name, client_id, "
    "text, "
    "reply_to, mentions, generation_id, created_at, sent_sum) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING";

const std::string select_sql = "SELECT " + std::string{message_columns} + " FROM messages ";
const std::string first_sql = select_sql + "WHERE chat = $1 AND sender = $2 AND client_id = $3";
const std::string target_sql = select_sql + "WHERE chat = $1 AND id = $2";

std::string join(const std::vector<UserId>& users) {
    std::string bytes;
    bytes.reserve(users.size() * 16);
    for (const UserId& user : users) {
        bytes.append(user.view());
    }
    return bytes;
}

std::vector<UserId> split_users(std::string_view bytes) {
    std::vector<UserId> users;
    for (; bytes.size() >= 16; bytes.remove_prefix(16)) {
        users.push_back(UserId::from_bytes(bytes.substr(0, 16)));
    }
    return users;
}

// Absent is NULL: most messages have neither mentions nor a generation.
std::optional<store::BlobView> blob_or_null(const std::string& bytes) {
    return bytes.empty() ? std::nullopt : std::optional{store::BlobView{bytes}};
}

std::optional<std::string_view> text_or_null(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>{text};
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
        transaction.execute(
            "INSERT INTO mentions (user, chat, seq) VALUES ($1, $2, $3) "
            "ON CONFLICT DO NOTHING",
            {user, chat, message.seq});
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
    const std::string mentions = join(message.mentions);
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
}

Applier::Chat& Applier::chat_of(store::Transaction& transaction, ChatId id) {
    const auto known = chats_.find(id);
    if (known != chats_.end()) {
        return known->second;
    }
    const store::Rows rows =
        transaction.query("SELECT number, last_seq FROM chats WHERE id = $1", {id});
    if (!rows.empty()) {
        return chats_[id] = {rows.front().integer(0), std::max(rows.front().integer(1), *floor_)};
    }
    const store::Rows made = transaction.query(
        "INSERT INTO chats (id, last_seq) VALUES ($1, $2) RETURNING number", {id, *floor_});
    return chats_[id] = {made.front().integer(0), *floor_};
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
    const std::string mentions = join(record.mentions);
    const std::int64_t added = transaction.execute(
        insert_sql,
        {chat.number, seq, record.message_id, record.sender.id,
         static_cast<int>(record.sender.kind), record.sender.username, record.sender.display_name,
         client_id, record.text, record.reply_to, blob_or_null(mentions),
         text_or_null(record.generation_id), record.at, store::text_sum(record.text)});
    if (added == 1) {
        chat.last_seq = seq;
        if (!std::exchange(chat.changed, true)) {
            changed_.push_back(&chat);
        }
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
    for (Chat* chat : changed_) {
        // A number that was marked and is not committed only leaves a gap after a loss.
        if (marks_.highest != nullptr) {
            marks_.highest->raise(static_cast<std::uint64_t>(chat->last_seq));
        }
        transaction.execute("UPDATE chats SET last_seq = $2 WHERE number = $1",
                            {chat->number, chat->last_seq});
        chat->changed = false;
    }
    changed_.clear();
}

std::vector<contracts::Outcome> Applier::apply(store::Transaction& transaction,
                                               const MessageBatch& batch) {
    store::move_position(transaction, batch.from, batch.through, batch.records.size());
    find_floor(transaction);
    refresh(transaction, batch);
    trusted_ = false;
    std::vector<contracts::Outcome> outcomes;
    outcomes.resize(batch.records.size());
    for (const std::size_t i : order_by_chat(batch)) {
        const auto& record = batch.records[i];
        outcomes[i] = record ? apply_record(transaction, *record) : refused("record.unreadable");
    }
    save_heads(transaction);
    trusted_ = true;
    return outcomes;
}

}  // namespace loquat::consumer
