#include "services/consumer/adapters/mongo/mongo_move.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "services/consumer/adapters/mongo/mongo_intents.hpp"
#include "services/consumer/adapters/mongo/mongo_reads.hpp"
#include "services/consumer/adapters/sql/apply.hpp"

namespace loquat::consumer {
namespace {

using store::Document;
using store::MongoConnection;

// Messages of one step: with the longest texts below what one insert may hold.
constexpr std::int64_t page_size = 200;

constexpr std::string_view whole_row_sql =
    "INSERT INTO messages (chat, seq, id, sender, sender_kind, username, display_name, client_id, "
    "text, reply_to, mentions, generation_id, created_at, edited_at, deleted_at, sent_sum) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
const std::string page_sql = "SELECT " + std::string{message_columns} +
                             " FROM messages WHERE chat = $1 AND seq > $2 ORDER BY seq LIMIT $3";

struct NumberedChat {
    std::int64_t number = 0;
    ChatId id;
};

// Before every log that a reader takes up.
const std::string moved_rev = rev_of({}, 0);

bool is_changed(const KeptMessage& kept) {
    return kept.message.edited_at.has_value() || kept.message.deleted_at.has_value();
}

std::vector<store::Value> row_of(const KeptMessage& kept, std::int64_t chat) {
    const contracts::StoredMessage& message = kept.message;
    store::Value mentions;
    if (!message.mentions.empty()) {
        mentions = store::Blob{joined(message.mentions)};
    }
    store::Value generation;
    if (!message.generation_id.empty()) {
        generation = message.generation_id;
    }
    return {chat,
            message.seq,
            message.id,
            message.sender.id,
            static_cast<int>(message.sender.kind),
            message.sender.username,
            message.sender.display_name,
            message.client_id,
            message.text,
            message.reply_to,
            std::move(mentions),
            std::move(generation),
            message.created_at,
            message.edited_at,
            message.deleted_at,
            kept.sent_sum};
}

// What a message is at MongoDB once its text was changed: the change holds what counts.
Document emptied(const KeptMessage& kept) {
    KeptMessage before = kept;
    before.message.text.clear();
    before.message.mentions.clear();
    Document document = document_of(before);
    document.set("changed", true);
    return document;
}

// In their order, without those that are there already.
void insert_missing(MongoConnection& connection, std::string_view collection,
                    const std::vector<Document>& documents) {
    std::span<const Document> left{documents};
    while (!left.empty()) {
        const std::size_t inserted = connection.insert(collection, left);
        left = left.subspan(std::min(inserted + 1, left.size()));
    }
}

std::vector<KeptMessage> read_after(MongoConnection& connection, const ChatId& chat,
                                    std::int64_t seq) {
    const Document later{{"$gt", seq}};
    return read_current(connection, connection.find({.collection = messages_name,
                                                     .filter = {{"chat", chat}, {"seq", later}},
                                                     .order = {{"seq", 1}},
                                                     .limit = page_size}));
}

std::vector<ChatId> list_chats(MongoConnection& connection) {
    std::vector<ChatId> chats;
    Document filter;
    while (const auto next = connection.find_one({.collection = messages_name,
                                                  .filter = filter,
                                                  .order = {{"chat", 1}, {"seq", 1}},
                                                  .members = {{"chat", 1}}})) {
        chats.push_back(next->id<struct ChatTag>("chat"));
        const Document behind{{"$gt", chats.back()}};
        filter = {{"chat", behind}};
    }
    return chats;
}

Task<std::vector<NumberedChat>> list_chats(store::Database& database) {
    const store::Rows rows =
        co_await database.query("SELECT number, id FROM chats WHERE last_seq > 0 ORDER BY id");
    std::vector<NumberedChat> chats;
    for (const store::Row row : rows) {
        chats.push_back({row.integer(0), row.id<ChatId>(1)});
    }
    co_return chats;
}

Task<std::vector<KeptMessage>> read_after(store::Database& database, NumberedChat chat,
                                          std::int64_t seq) {
    std::vector<store::Value> values{chat.number, seq, page_size};
    const store::Rows rows = co_await database.query(page_sql, std::move(values));
    std::vector<KeptMessage> kept;
    for (const store::Row row : rows) {
        kept.push_back({read_message(row, chat.id), row.integer(14)});
    }
    co_return kept;
}

Task<void> add_rows(store::Database& database, std::int64_t chat, std::vector<KeptMessage> page) {
    auto work = [chat, page = std::move(page)](store::Transaction& transaction) {
        std::vector<std::vector<store::Value>> rows;
        std::vector<store::Params> sets;
        std::vector<store::Params> mentions;
        for (const KeptMessage& kept : page) {
            rows.push_back(row_of(kept, chat));
            sets.emplace_back(rows.back().begin(), rows.back().end());
            for (const UserId& user : kept.message.mentions) {
                mentions.push_back({user, chat, kept.message.seq});
            }
        }
        transaction.execute_each(whole_row_sql, sets);
        transaction.execute_each(mention_sql, mentions);
        transaction.execute("UPDATE chats SET last_seq = $2 WHERE number = $1",
                            {chat, page.back().message.seq});
    };
    co_await database.transact(std::move(work));
}

Task<void> check_numbers(store::Database& database) {
    const store::Rows ahead = co_await database.query(
        "SELECT count(*) FROM (SELECT last_seq, (SELECT coalesce(max(floor), 0) FROM seq_floor) "
        "AS floor, (SELECT coalesce(max(seq), 0) FROM messages WHERE chat = number) AS highest "
        "FROM chats) AS one WHERE last_seq > highest OR floor > highest");
    if (ahead.front().integer(0) > 0) {
        throw Failure{Kind::conflict, "import.numbers_ahead",
                      std::to_string(ahead.front().integer(0)) +
                          " conversations have given numbers behind their last message, after data "
                          "was lost. MongoDB goes on from the last message and would give them "
                          "again: keep messages in store.sql, or send one to each of them first."};
    }
}

Failure differs(const ChatId& chat) {
    return Failure{Kind::conflict, "import.differs",
                   "MongoDB has other messages of the conversation " + chat.to_string() +
                       " than the archive. Something else has written there; begin with an empty "
                       "database."};
}

bool are_same(const std::vector<KeptMessage>& a, const std::vector<KeptMessage>& b) {
    return std::ranges::equal(a, b, [](const KeptMessage& one, const KeptMessage& other) {
        return row_of(one, 0) == row_of(other, 0);
    });
}

}  // namespace

struct MongoMove::State {
    MongoConnection connection;
};

MongoMove::MongoMove(std::string url)
    : state_(new State{MongoConnection{store::MongoTarget{.url = std::move(url)}}}) {}
MongoMove::~MongoMove() = default;

bool MongoMove::is_empty() {
    const auto any =
        state_->connection.find_one({.collection = messages_name, .members = {{"_id", 1}}});
    return !any;
}

store::Progress MongoMove::stored() { return read_progress(state_->connection); }

Task<void> MongoMove::take_out(store::Database& to, Told told) {
    std::int64_t number = 0;
    for (const ChatId& chat : list_chats(state_->connection)) {
        ++number;
        auto make = [chat, number](store::Transaction& transaction) {
            transaction.execute("INSERT INTO chats (number, id, last_seq) VALUES ($1, $2, 0)",
                                {number, chat});
        };
        co_await to.transact(make);
        std::vector<KeptMessage> page = read_after(state_->connection, chat, 0);
        while (!page.empty()) {
            const std::int64_t last = page.back().message.seq;
            const std::size_t count = page.size();
            co_await add_rows(to, number, std::move(page));
            told(count);
            page = read_after(state_->connection, chat, last);
        }
    }
}

Task<void> MongoMove::bring_in(store::Database& from, Told told) {
    co_await check_numbers(from);
    make_message_indexes(state_->connection);
    const std::vector<NumberedChat> chats = co_await list_chats(from);
    for (const NumberedChat& chat : chats) {
        // They are inserted in their order: what is there is the beginning.
        std::int64_t last = read_last_seq(state_->connection, chat.id);
        for (;;) {
            const std::vector<KeptMessage> page = co_await read_after(from, chat, last);
            if (page.empty()) {
                break;
            }
            std::vector<Document> changes;
            std::vector<Document> messages;
            for (const KeptMessage& kept : page) {
                messages.push_back(is_changed(kept) ? emptied(kept) : document_of(kept));
                if (is_changed(kept)) {
                    changes.push_back(document_of(kept.message, moved_rev));
                }
            }
            insert_missing(state_->connection, changes_name, changes);
            insert_missing(state_->connection, messages_name, messages);
            last = page.back().message.seq;
            told(page.size());
        }
    }
}

Task<void> MongoMove::compare(store::Database& with, Told told) {
    const std::vector<NumberedChat> chats = co_await list_chats(with);
    const std::vector<ChatId> there = list_chats(state_->connection);
    for (const NumberedChat& chat : chats) {
        std::int64_t last = 0;
        for (;;) {
            const std::vector<KeptMessage> wanted = co_await read_after(with, chat, last);
            const std::vector<KeptMessage> found = read_after(state_->connection, chat.id, last);
            if (!are_same(wanted, found)) {
                throw differs(chat.id);
            }
            if (wanted.empty()) {
                break;
            }
            last = wanted.back().message.seq;
            told(wanted.size());
        }
    }
    const auto is_wanted = [&chats](const ChatId& id) {
        return std::ranges::binary_search(chats, id, {}, &NumberedChat::id);
    };
    const auto other = std::ranges::find_if_not(there, is_wanted);
    if (other != there.end()) {
        throw differs(*other);
    }
}

}  // namespace loquat::consumer
