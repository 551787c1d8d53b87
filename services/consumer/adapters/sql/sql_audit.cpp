#include "services/consumer/adapters/sql/sql_audit.hpp"

#include <algorithm>

#include "store/position/sql_positions.hpp"

namespace loquat::consumer {
namespace {

constexpr std::string_view insert_sql =
    "INSERT INTO audit_logs (id, at, action, actor, actor_name, subject, outcome, address, "
    "user_agent, request_id, "
    "count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";

bool insert(store::Transaction& transaction, const contracts::AuditRecord& record) {
    const std::int64_t added = transaction.execute(
        insert_sql,
        {record.id, record.at, record.action, record.actor, record.actor_name, record.subject,
         record.outcome, record.address, record.user_agent, record.request_id, record.count});
    if (added == 0) {
        transaction.execute("UPDATE audit_logs SET count = $2 WHERE id = $1 AND count < $2",
                            {record.id, record.count});
    }
    return added == 1;
}

LedgerOutcome apply(store::Transaction& transaction,
                    const store::Batch<contracts::AuditRecord>& batch) {
    store::move_position(transaction, batch.from, batch.through, batch.records.size());
    LedgerOutcome outcome;
    for (const auto& record : batch.records) {
        if (!record) {
            ++outcome.unreadable;
        } else {
            ++(insert(transaction, *record) ? outcome.stored : outcome.repeated);
        }
    }
    return outcome;
}

contracts::AuditRecord read_record(const store::Row& row) {
    return {.id = row.uuid(0),
            .at = row.time(1),
            .action = row.text(2),
            .actor = row.maybe_id<UserId>(3),
            .actor_name = row.text(4),
            .subject = row.text(5),
            .outcome = row.text(6),
            .address = row.text(7),
            .user_agent = row.text(8),
            .request_id = row.text(9),
            .count = row.integer(10)};
}

constexpr std::string_view columns =
    "SELECT id, at, action, actor, actor_name, subject, outcome, address, user_agent, request_id, "
    "count "
    "FROM audit_logs WHERE ";
// Conditions stand only where they are asked for, so that each combination can use its index.
constexpr std::string_view page = "(at, id) < ($1, $2) ORDER BY at DESC, id DESC LIMIT $3";
const std::string plain_sql = std::string{columns} + std::string{page};
const std::string actor_sql = std::string{columns} + "actor = $4 AND " + std::string{page};
const std::string action_sql = std::string{columns} + "action = $4 AND " + std::string{page};
const std::string actor_action_sql =
    std::string{columns} + "actor = $5 AND action = $4 AND " + std::string{page};
const std::string id_sql = std::string{columns} + "id = $1";

constexpr std::string_view keys_select = "SELECT at, id FROM audit_logs WHERE ";
const std::string action_keys_sql =
    std::string{keys_select} + "action = $4 AND " + std::string{page};
const std::string actor_action_keys_sql =
    std::string{keys_select} + "actor = $5 AND action = $4 AND " + std::string{page};

constexpr std::string_view next_action_sql =
    "SELECT MIN(action) FROM audit_logs WHERE action >= $1 AND action < $2";
constexpr std::string_view next_actor_action_sql =
    "SELECT MIN(action) FROM audit_logs WHERE actor = $3 AND action >= $1 AND action < $2";

// Where a page begins: everything is before the end of time.
store::AuditQuery::Mark begin_of(const store::AuditQuery& query) {
    store::AuditQuery::Mark mark{.at = from_unix_ms(INT64_MAX), .id = {}};
    if (query.before) {
        mark.at = *query.before;
    }
    if (query.after && query.after->at < mark.at) {
        mark = *query.after;
    }
    return mark;
}

// The actions that begin with `query.action`, each found by one step through an index.
std::vector<std::string> actions_of_family(store::Transaction& transaction,
                                           const store::AuditQuery& query) {
    // The first text after all that begin with "auth." is "auth/".
    const std::string end = query.action.substr(0, query.action.size() - 1) + '/';
    std::vector<std::string> actions;
    for (std::string from = query.action;;) {
        const store::Rows rows =
            query.actor ? transaction.query(next_actor_action_sql, {from, end, *query.actor})
                        : transaction.query(next_action_sql, {from, end});
        if (rows.front().is_null(0)) {
            return actions;
        }
        actions.push_back(rows.front().text(0));
        from = actions.back() + '\x01';  // what comes right after it
    }
}

// No index has a whole family in the order of time.  The newest of each of its actions are merged:
// there are few actions, and as many rows as there were calls.
std::vector<contracts::AuditRecord> read_family(store::Transaction& transaction,
                                                const store::AuditQuery& query) {
    const store::AuditQuery::Mark mark = begin_of(query);
    std::vector<std::pair<Time, Uuid>> keys;
    for (const std::string& action : actions_of_family(transaction, query)) {
        const store::Rows rows =
            query.actor
                ? transaction.query(actor_action_keys_sql,
                                    {mark.at, mark.id, query.limit, action, *query.actor})
                : transaction.query(action_keys_sql, {mark.at, mark.id, query.limit, action});
        for (const store::Row row : rows) {
            keys.emplace_back(row.time(0), row.uuid(1));
        }
    }
    std::ranges::sort(keys, std::ranges::greater{});
    keys.resize(std::min(keys.size(), query.limit));
    std::vector<contracts::AuditRecord> found;
    for (const auto& [at, id] : keys) {
        found.push_back(read_record(transaction.query(id_sql, {id}).front()));
    }
    return found;
}

store::Rows read_rows(store::Transaction& transaction, const store::AuditQuery& query) {
    const store::AuditQuery::Mark mark = begin_of(query);
    if (query.actor && !query.action.empty()) {
        return transaction.query(actor_action_sql,
                                 {mark.at, mark.id, query.limit, query.action, *query.actor});
    }
    if (query.actor) {
        return transaction.query(actor_sql, {mark.at, mark.id, query.limit, *query.actor});
    }
    if (!query.action.empty()) {
        return transaction.query(action_sql, {mark.at, mark.id, query.limit, query.action});
    }
    return transaction.query(plain_sql, {mark.at, mark.id, query.limit});
}

class SqlAudit final : public store::WithSqlPositions<AuditStore> {
  public:
    explicit SqlAudit(store::Database& database) : WithSqlPositions(database) {}

    Task<LedgerOutcome> apply_batch(store::Batch<contracts::AuditRecord> batch) override {
        auto work = [batch = std::move(batch)](store::Transaction& transaction) {
            return apply(transaction, batch);
        };
        co_return co_await database_.transact(std::move(work));
    }

    Task<std::vector<contracts::AuditRecord>> list(store::AuditQuery query) override {
        store::check_audit(query);
        auto work = [query = std::move(query)](store::Transaction& transaction) {
            if (query.action.ends_with('.')) {
                return read_family(transaction, query);
            }
            std::vector<contracts::AuditRecord> found;
            for (const store::Row row : read_rows(transaction, query)) {
                found.push_back(read_record(row));
            }
            return found;
        };
        co_return co_await database_.read(std::move(work));
    }
};

}  // namespace

std::unique_ptr<AuditStore> make_sql_audit(store::Database& database) {
    return std::make_unique<SqlAudit>(database);
}

}  // namespace loquat::consumer
