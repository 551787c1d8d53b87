#include "services/chat/adapters/sql_answer_nodes.hpp"

#include "services/chat/adapters/generation_rows.hpp"
#include "services/chat/adapters/journal_form.hpp"

namespace loquat::chat {
namespace {

using store::Row;
using store::Rows;
using store::Transaction;

constexpr std::string_view now_sql = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

// Of a connection, in microseconds; a number of a process comes again, its time does not.
constexpr std::string_view began_sql =
    "CAST(EXTRACT(EPOCH FROM backend_start) * 1000000 AS BIGINT)";

bool is_alive(Transaction& transaction, const Uuid& node) {
    return !transaction.query("SELECT 1 FROM answer_nodes WHERE id = $1", {node}).empty();
}

Failure lease_lost() {
    return {Kind::unavailable, "store.unavailable", "The store cannot be used at the moment.",
            "others have ended the lease of this instance"};
}

void require_lease(Transaction& transaction, const Uuid& node) {
    if (!is_alive(transaction, node)) {
        throw lease_lost();
    }
}

// The answer has not ended, and is written under this lease, which stands.
void require_writer(Transaction& transaction, const Uuid& node, const GenerationId& id) {
    const Rows rows = transaction.query(
        "SELECT 1 FROM generations AS g JOIN answer_nodes AS n ON n.id = g.node WHERE g.id = $1 "
        "AND g.node = $2 AND g.state IN ('queued', 'streaming')",
        {id, node});
    if (rows.empty()) {
        throw lease_lost();
    }
}

}  // namespace

GenerationState state_at_node(Transaction& transaction, const GenerationRecord& record) {
    const Rows rows = transaction.query(
        "SELECT 1 FROM generations WHERE user_id = $1 AND node IS NOT NULL AND state IN "
        "('queued', 'streaming') AND is_settled = 0 LIMIT 1",
        {record.user});
    return rows.empty() ? record.state : GenerationState::queued;
}

void put_under(Transaction& transaction, const Uuid& node, const GenerationId& id) {
    require_lease(transaction, node);
    // What waits has not begun.
    static const std::string sql =
        "UPDATE generations SET node = $2, started_at = CASE WHEN state = 'streaming' THEN " +
        std::string{now_sql} + " END WHERE id = $1";
    transaction.execute(sql, {id, node});
}

// The oldest that waits, and nothing streams; the index would refuse a second one anyway.
bool has_turn(Transaction& transaction, const Uuid& node, const GenerationId& id) {
    return is_alive(transaction, node) &&
           transaction
               .query(
                   "SELECT 1 FROM generations AS mine JOIN generations AS other ON "
                   "other.user_id = mine.user_id WHERE mine.id = $1 AND other.node IS NOT NULL "
                   "AND other.is_settled = 0 AND (other.state = 'streaming' OR (other.state = "
                   "'queued' AND other.number < mine.number)) LIMIT 1",
                   {id})
               .empty();
}

bool begin_now(Transaction& transaction, const GenerationId& id) {
    static const std::string sql =
        "UPDATE generations SET state = 'streaming', started_at = " + std::string{now_sql} +
        " WHERE id = $1 AND state = 'queued'";
    return transaction.execute(sql, {id}) == 1;
}

void forget_parts(Transaction& transaction, const GenerationId& id) {
    transaction.execute("DELETE FROM generation_parts WHERE generation_id = $1", {id});
}

Task<void> SqlAnswerNodes::join() {
    name_ = Uuid::make();
    auto work = [name = name_](Transaction& transaction) {
        static const std::string sql =
            "INSERT INTO answer_nodes (id, beat_at) VALUES ($1, " + std::string{now_sql} + ")";
        transaction.execute(sql, {name});
    };
    co_await database_.transact(std::move(work));
}

Task<std::optional<std::vector<GenerationId>>> SqlAnswerNodes::beat() {
    auto work = [name =
                     name_](Transaction& transaction) -> std::optional<std::vector<GenerationId>> {
        static const std::string sql =
            "UPDATE answer_nodes SET beat_at = " + std::string{now_sql} +
            ", backend = pg_backend_pid(), backend_at = (SELECT " + std::string{began_sql} +
            " FROM pg_stat_activity WHERE pid = pg_backend_pid()) WHERE id = $1";
        if (transaction.execute(sql, {name}) == 0) {
            return std::nullopt;
        }
        std::vector<GenerationId> canceled;
        for (const Row row :
             transaction.query("SELECT id FROM generations WHERE is_settled = 0 AND node = $1 AND "
                               "is_cancel_asked = 1 AND state IN ('queued', 'streaming')",
                               {name})) {
            canceled.push_back(row.id<GenerationId>(0));
        }
        return canceled;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<void> SqlAnswerNodes::leave() {
    auto work = [name = name_](Transaction& transaction) {
        transaction.execute("DELETE FROM answer_nodes WHERE id = $1", {name});
    };
    co_await database_.transact(std::move(work));
}

Task<void> SqlAnswerNodes::ask_to_cancel(GenerationId id) {
    auto work = [id](Transaction& transaction) {
        transaction.execute(
            "UPDATE generations SET is_cancel_asked = 1 WHERE id = $1 AND state IN ('queued', "
            "'streaming')",
            {id});
    };
    co_await database_.transact(std::move(work));
}

// What a role may not see of a connection is taken for the same.
Task<void> SqlAnswerNodes::end_leases(LeaseAges ages) {
    auto work = [name = name_, ages](Transaction& transaction) {
        static const std::string sql =
            "DELETE FROM answer_nodes WHERE id <> $1 AND (beat_at <= " + std::string{now_sql} +
            " - $2 OR (beat_at <= " + std::string{now_sql} +
            " - $3 AND backend IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE "
            "pid = backend AND COALESCE(" +
            std::string{began_sql} + ", backend_at) = backend_at)))";
        transaction.execute(sql, {name, ages.silent.count(), ages.gone.count()});
    };
    co_await database_.transact(std::move(work));
}

Task<std::vector<GenerationRecord>> SqlAnswerNodes::list_abandoned() {
    auto work = [](Transaction& transaction) {
        static const std::string sql =
            select_generations() +
            "WHERE is_settled = 0 AND state IN ('queued', 'streaming') AND (node IS NULL OR node "
            "NOT IN (SELECT id FROM answer_nodes)) ORDER BY id LIMIT $1";
        return read_generations(transaction.query(sql, {GenerationStore::list_max}));
    };
    co_return co_await database_.read(std::move(work));
}

Task<AnswerLine> SqlAnswerNodes::line_of(UserId user) {
    auto work = [user](Transaction& transaction) {
        AnswerLine line;
        for (const Row row : transaction.query(
                 "SELECT id, state FROM generations WHERE user_id = $1 AND is_settled = 0 AND "
                 "state IN ('queued', 'streaming') ORDER BY number",
                 {user})) {
            if (row.text(1) == "streaming") {
                line.is_streaming = true;
            } else {
                line.waiting.push_back(row.id<GenerationId>(0));
            }
        }
        return line;
    };
    co_return co_await database_.read(work);
}

Task<std::vector<GenerationRecord>> SqlAnswerNodes::list_streaming(ChatId chat) {
    auto work = [chat](Transaction& transaction) {
        static const std::string sql =
            select_generations() +
            "WHERE is_settled = 0 AND chat_id = $1 AND state = 'streaming' ORDER BY number LIMIT "
            "$2";
        return read_generations(transaction.query(sql, {chat, GenerationStore::list_max}));
    };
    co_return co_await database_.read(work);
}

Task<JournalParts> SqlAnswerNodes::read_parts(GenerationId id, std::int64_t first) {
    auto work = [id, first](Transaction& transaction) {
        JournalParts parts;
        for (const Row row : transaction.query(
                 "SELECT part FROM generation_parts WHERE generation_id = $1 AND first_event >= "
                 "(SELECT COALESCE(MAX(first_event), 0) FROM generation_parts WHERE generation_id "
                 "= $1 AND first_event <= $2) ORDER BY first_event",
                 {id, first})) {
            // Each is read alone.
            if (auto read = JournalDecoder{}.decode(row.blob(0))) {
                std::ranges::move(*read, std::back_inserter(parts));
            }
        }
        return parts;
    };
    co_return co_await database_.read(std::move(work));
}

Task<std::uint64_t> SqlAnswerNodes::append(JournalPartsPtr parts) {
    auto work = [name = name_, parts = std::move(parts)](Transaction& transaction) {
        for (const JournalPart& part : *parts) {
            require_writer(transaction, name, part.id);
            for (const std::string& record : JournalEncoder{}.encode({part})) {
                transaction.execute(
                    "INSERT OR IGNORE INTO generation_parts (generation_id, first_event, part) "
                    "VALUES ($1, $2, $3)",
                    {part.id, part.first_event, store::BlobView{record}});
            }
        }
        return std::uint64_t{1};
    };
    co_return co_await database_.transact(std::move(work));
}

}  // namespace loquat::chat
