#include "store/audit/sql_audit.hpp"

#include "store/ledger/ledger_database.hpp"

namespace loquat::store {
namespace {

constexpr std::string_view insert_sql =
    "INSERT INTO audit_logs (id, at, action, actor, actor_name, subject, outcome, address, "
    "user_agent, request_id, "
    "count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";

bool insert(Transaction& transaction, const AuditRecord& record) {
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

LedgerOutcome apply(Transaction& transaction, const LedgerBatch<AuditRecord>& batch) {
    check_position(batch, read_ledger_position(transaction, audit_topic));
    LedgerOutcome outcome;
    for (const auto& record : batch.records) {
        if (!record) {
            ++outcome.unreadable;
        } else {
            ++(insert(transaction, *record) ? outcome.stored : outcome.repeated);
        }
    }
    save_ledger_position(transaction, audit_topic, {batch.through, batch.log});
    return outcome;
}

AuditRecord read_record(const Row& row) {
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
const std::string family_sql =
    std::string{columns} + "action >= $4 AND action < $5 AND " + std::string{page};
const std::string actor_action_sql =
    std::string{columns} + "actor = $4 AND action = $5 AND " + std::string{page};
const std::string actor_family_sql =
    std::string{columns} + "actor = $4 AND action >= $5 AND action < $6 AND " + std::string{page};

Rows read_rows(Transaction& transaction, const AuditQuery& query) {
    // Everything is before the end of time.
    AuditQuery::Mark mark{.at = from_unix_ms(INT64_MAX), .id = {}};
    if (query.before) {
        mark.at = *query.before;
    }
    if (query.after && query.after->at < mark.at) {
        mark = *query.after;
    }
    const bool is_family = query.action.ends_with('.');
    // The first text after all that begin with "auth." is "auth/".
    const std::string family_end =
        is_family ? query.action.substr(0, query.action.size() - 1) + '/' : std::string{};
    if (query.actor && is_family) {
        return transaction.query(actor_family_sql, {mark.at, mark.id, query.limit, *query.actor,
                                                    query.action, family_end});
    }
    if (query.actor && !query.action.empty()) {
        return transaction.query(actor_action_sql,
                                 {mark.at, mark.id, query.limit, *query.actor, query.action});
    }
    if (query.actor) {
        return transaction.query(actor_sql, {mark.at, mark.id, query.limit, *query.actor});
    }
    if (is_family) {
        return transaction.query(family_sql,
                                 {mark.at, mark.id, query.limit, query.action, family_end});
    }
    if (!query.action.empty()) {
        return transaction.query(action_sql, {mark.at, mark.id, query.limit, query.action});
    }
    return transaction.query(plain_sql, {mark.at, mark.id, query.limit});
}

class SqlAudit final : public AuditStore {
  public:
    explicit SqlAudit(Database& database) : database_(database) {}

    Task<LedgerOutcome> apply_batch(LedgerBatch<AuditRecord> batch) override {
        auto work = [batch = std::move(batch)](Transaction& transaction) {
            return apply(transaction, batch);
        };
        co_return co_await database_.transact(std::move(work));
    }

    Task<LedgerPosition> position() override {
        auto work = [](Transaction& transaction) {
            return read_ledger_position(transaction, audit_topic);
        };
        co_return co_await database_.read(work);
    }

    Task<Offset> secure() override {
        const LedgerPosition before = co_await position();
        co_await database_.secure();
        co_return before.applied;
    }

    Task<std::vector<AuditRecord>> list(AuditQuery query) override {
        check_audit(query);
        auto work = [query = std::move(query)](Transaction& transaction) {
            std::vector<AuditRecord> found;
            for (const Row row : read_rows(transaction, query)) {
                found.push_back(read_record(row));
            }
            return found;
        };
        co_return co_await database_.read(std::move(work));
    }

  private:
    Database& database_;
};

}  // namespace

std::unique_ptr<AuditStore> make_sql_audit(Database& database) {
    return std::make_unique<SqlAudit>(database);
}

}  // namespace loquat::store
