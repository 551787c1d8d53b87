#include "services/consumer/adapters/sql/sql_messages.hpp"

#include <algorithm>
#include <array>

#include "services/consumer/adapters/sql/apply.hpp"
#include "services/consumer/domain/rules.hpp"
#include "store/position/sql_positions.hpp"

namespace loquat::consumer {
namespace {

constexpr std::array<store::Migration, 8> schema{
    {{1, "messages", R"sql(
CREATE TABLE chats (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    last_seq INTEGER NOT NULL
);
CREATE TABLE messages (
    chat INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id BLOB NOT NULL,
    sender BLOB NOT NULL,
    sender_kind INTEGER NOT NULL,
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    client_id TEXT NOT NULL,
    text TEXT NOT NULL,
    reply_to BLOB,
    mentions BLOB,
    generation_id TEXT,
    created_at INTEGER NOT NULL,
    edited_at INTEGER,
    deleted_at INTEGER,
    sent_sum INTEGER NOT NULL,
    PRIMARY KEY (chat, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX messages_by_id ON messages (id);
CREATE UNIQUE INDEX messages_by_client_id ON messages (chat, client_id, sender);
CREATE TABLE positions (
    consumer TEXT PRIMARY KEY,
    applied INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    log BLOB NOT NULL
) WITHOUT ROWID;
)sql"},
     {2, "seq_floor", R"sql(
CREATE TABLE seq_floor (
    one INTEGER PRIMARY KEY,
    floor INTEGER NOT NULL
);
)sql"},
     {3, "deleted messages", R"sql(
CREATE INDEX messages_deleted ON messages (chat, seq) WHERE deleted_at IS NOT NULL;
)sql"},
     {4, "mentions", R"sql(
CREATE TABLE mentions (
    user BLOB NOT NULL,
    chat INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (user, chat, seq)
) WITHOUT ROWID;
INSERT OR IGNORE INTO mentions (user, chat, seq)
    WITH RECURSIVE part (chat, seq, user, rest) AS (
        SELECT chat, seq, substr(mentions, 1, 16), substr(mentions, 17)
            FROM messages WHERE mentions IS NOT NULL
        UNION ALL
        SELECT chat, seq, substr(rest, 1, 16), substr(rest, 17)
            FROM part WHERE length(rest) >= 16
    )
    SELECT user, chat, seq FROM part;
)sql"},
     {5, "positions set aside", R"sql(
ALTER TABLE positions RENAME TO positions_before;
)sql"},
     {6, "positions by partition", store::positions_table},
     {7, "positions brought over", R"sql(
INSERT INTO positions (consumer, topic, partition, generation, log, applied, previous)
    SELECT consumer, 'chat.messages', 0, 1, log, applied, previous FROM positions_before;
DROP TABLE positions_before;
)sql"},
     {8, "numbers of partitions", store::partition_counts_table}}};

std::string select_where(std::string_view condition) {
    return "SELECT " + std::string{message_columns} + " FROM messages WHERE " +
           std::string{condition};
}

const std::string after_sql = select_where("chat = $1 AND seq > $2 ORDER BY seq LIMIT $3");
const std::string before_sql = select_where("chat = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3");
const std::string seq_sql = select_where("chat = $1 AND seq = $2");
const std::string client_sql = select_where("chat = $1 AND sender = $2 AND client_id = $3");
const std::string id_sql =
    "SELECT " + std::string{message_columns} +
    ", (SELECT id FROM chats WHERE number = chat) FROM messages WHERE id = $1";

struct ChatRow {
    std::int64_t number = 0;
    std::int64_t last_seq = 0;
};

std::optional<ChatRow> find_chat(store::Transaction& transaction, ChatId id) {
    const store::Rows rows =
        transaction.query("SELECT number, last_seq FROM chats WHERE id = $1", {id});
    if (rows.empty()) {
        return std::nullopt;
    }
    return ChatRow{rows.front().integer(0), rows.front().integer(1)};
}

std::vector<std::int64_t> read_deleted(store::Transaction& transaction, ChatId chat) {
    static constexpr std::string_view sql =
        "SELECT seq FROM messages WHERE chat = (SELECT number FROM chats WHERE id = $1) "
        "AND deleted_at IS NOT NULL ORDER BY seq DESC LIMIT $2";
    std::vector<std::int64_t> seqs;
    for (const store::Row row :
         transaction.query(sql, {chat, static_cast<std::int64_t>(MessageStore::deleted_max)})) {
        seqs.push_back(row.integer(0));
    }
    std::ranges::reverse(seqs);
    return seqs;
}

std::vector<std::int64_t> read_mentions(store::Transaction& transaction,
                                        const store::MentionQuery& query) {
    static constexpr std::string_view sql =
        "SELECT seq FROM mentions WHERE user = $1 AND chat = (SELECT number FROM chats WHERE id = "
        "$2) AND seq > $3 ORDER BY seq DESC LIMIT $4";
    std::vector<std::int64_t> seqs;
    for (const store::Row row :
         transaction.query(sql, {query.user, query.chat, query.after_seq,
                                 static_cast<std::int64_t>(MessageStore::mentions_max)})) {
        seqs.push_back(row.integer(0));
    }
    std::ranges::reverse(seqs);
    return seqs;
}

constexpr std::size_t chats_scanned_max = 500;

// Looks at what is left of a chat behind `from`; gives how many messages that were.
std::size_t scan_chat(store::Transaction& transaction, store::ScanPlace& place, std::size_t limit,
                      const UserId& sender, store::Scanned& scanned) {
    static constexpr std::string_view sql =
        "SELECT seq, id, sender, deleted_at FROM messages WHERE chat = $1 AND seq > $2 ORDER BY "
        "seq LIMIT $3";
    static constexpr std::string_view chat_sql = "SELECT id FROM chats WHERE number = $1";
    const store::Rows rows =
        transaction.query(sql, {place.chat, place.seq, static_cast<std::int64_t>(limit)});
    std::optional<ChatId> chat;
    for (const store::Row row : rows) {
        place.seq = row.integer(0);
        if (row.id<UserId>(2) == sender && row.is_null(3)) {
            if (!chat) {
                chat = transaction.query(chat_sql, {place.chat}).front().id<ChatId>(0);
            }
            scanned.found.push_back({*chat, row.id<MessageId>(1)});
        }
    }
    return rows.size();
}

store::Scanned scan(store::Transaction& transaction, const UserId& sender, store::ScanPlace place) {
    static constexpr std::string_view next_sql = "SELECT min(number) FROM chats WHERE number > $1";
    store::Scanned scanned;
    std::size_t left = MessageStore::scanned_max;
    for (std::size_t chats = 0; chats < chats_scanned_max && left > 0; ++chats) {
        const std::size_t seen = scan_chat(transaction, place, left, sender, scanned);
        left -= seen;
        if (left == 0) {
            break;
        }
        const store::Rows next = transaction.query(next_sql, {place.chat});
        if (next.front().is_null(0)) {
            return scanned;
        }
        place = {next.front().integer(0), 0};
    }
    scanned.next = place;
    return scanned;
}

std::optional<contracts::StoredMessage> first_message(const store::Rows& rows, ChatId chat) {
    return rows.empty() ? std::nullopt : std::optional{read_message(rows.front(), chat)};
}

store::Page read_page(store::Transaction& transaction, const store::PageQuery& query) {
    const std::optional<ChatRow> chat = find_chat(transaction, query.chat);
    store::Page page;
    if (!chat) {
        return page;
    }
    page.head_seq = chat->last_seq;
    const bool forward = query.after_seq.has_value();
    const std::int64_t from =
        forward ? *query.after_seq : query.before_seq.value_or(chat->last_seq + 1);
    const store::Rows rows =
        transaction.query(forward ? after_sql : before_sql, {chat->number, from, query.limit});
    for (const store::Row row : rows) {
        page.items.push_back(read_message(row, query.chat));
    }
    if (!forward) {
        std::ranges::reverse(page.items);
    }
    return page;
}

class SqlMessages final : public store::WithSqlPositions<MessageStore> {
  public:
    SqlMessages(store::Database& database, store::SeqMarks marks)
        : WithSqlPositions(database), applier_(std::make_shared<Applier>(marks)) {}

    Task<store::Progress> stored() override {
        return store::load_progress(database_, std::string{store::log_reader},
                                    std::string{contracts::records::messages.topic});
    }

    Task<std::vector<contracts::Outcome>> apply_batch(MessageBatch batch) override {
        auto work = [applier = applier_,
                     batch = std::move(batch)](store::Transaction& transaction) {
            return applier->apply(transaction, batch);
        };
        co_return co_await database_.transact(std::move(work));
    }

    Task<std::optional<contracts::StoredMessage>> find_by_id(MessageId id) override {
        auto work = [id](store::Transaction& transaction) {
            const store::Rows rows = transaction.query(id_sql, {id});
            return rows.empty() ? std::nullopt : first_message(rows, rows.front().id<ChatId>(15));
        };
        co_return co_await database_.read(work);
    }

    Task<std::optional<contracts::StoredMessage>> find_by_client_id(
        ChatId chat, UserId sender, std::string client_id) override {
        auto work = [chat, sender, client_id](store::Transaction& transaction) {
            const std::optional<ChatRow> found = find_chat(transaction, chat);
            return found ? first_message(
                               transaction.query(client_sql, {found->number, sender, client_id}),
                               chat)
                         : std::nullopt;
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::optional<contracts::Outcome>> find_repeat(ChatId chat, UserId sender,
                                                        std::string client_id,
                                                        std::int64_t sum) override {
        auto work = [chat, sender, client_id = std::move(client_id),
                     sum](store::Transaction& transaction) -> std::optional<contracts::Outcome> {
            const std::optional<ChatRow> found = find_chat(transaction, chat);
            if (!found) {
                return std::nullopt;
            }
            const store::Rows first =
                transaction.query(client_sql, {found->number, sender, client_id});
            if (first.empty()) {
                return std::nullopt;
            }
            return repeat_of(read_message(first.front(), chat), first.front().integer(14), sum);
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<store::Page> page(store::PageQuery query) override {
        store::check_page(query);
        auto work = [query](store::Transaction& transaction) {
            return read_page(transaction, query);
        };
        co_return co_await database_.read(work);
    }

    Task<std::vector<store::Head>> heads(std::vector<ChatId> chats) override {
        store::check_heads(chats.size());
        auto work = [chats = std::move(chats)](store::Transaction& transaction) {
            std::vector<store::Head> heads;
            for (const ChatId& chat : chats) {
                store::Head head{.chat = chat, .last_seq = 0, .last = {}};
                if (const auto found = find_chat(transaction, chat)) {
                    head.last_seq = found->last_seq;
                    head.last = first_message(
                        transaction.query(seq_sql, {found->number, found->last_seq}), chat);
                }
                heads.push_back(std::move(head));
            }
            return heads;
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::vector<std::vector<std::int64_t>>> list_deleted(std::vector<ChatId> chats) override {
        store::check_heads(chats.size());
        auto work = [chats = std::move(chats)](store::Transaction& transaction) {
            std::vector<std::vector<std::int64_t>> all;
            for (const ChatId& chat : chats) {
                all.push_back(read_deleted(transaction, chat));
            }
            return all;
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::vector<std::vector<std::int64_t>>> list_mentions(
        std::vector<store::MentionQuery> queries) override {
        store::check_heads(queries.size());
        auto work = [queries = std::move(queries)](store::Transaction& transaction) {
            std::vector<std::vector<std::int64_t>> all;
            for (const store::MentionQuery& query : queries) {
                all.push_back(read_mentions(transaction, query));
            }
            return all;
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<store::Scanned> scan_sender(UserId sender, store::ScanPlace after) override {
        auto work = [sender, after](store::Transaction& transaction) {
            return scan(transaction, sender, after);
        };
        co_return co_await database_.read(work);
    }

  private:
    std::shared_ptr<Applier> applier_;
};

}  // namespace

std::span<const store::Migration> message_schema() { return schema; }

store::DatabaseNeed message_database() {
    return {.name = "messages",
            .owner = "consumer",
            .readers = {"chat"},
            .schema = schema,
            .durability = store::Durability::crash,
            .topics = {contracts::records::messages.topic},
            .passing = {"positions", "partition_counts"},
            .cache_kib = 64 * 1024,
            .checkpoint_pages = 4096};
}

std::unique_ptr<MessageStore> make_sql_messages(store::Database& database, store::SeqMarks marks) {
    return std::make_unique<SqlMessages>(database, marks);
}

}  // namespace loquat::consumer
