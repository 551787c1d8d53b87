#include "store/ledger/ledger_database.hpp"

#include <array>

namespace loquat::store {
namespace {

// A person's rows lie together in the order of time: reports read one piece of the file.
constexpr std::array<Migration, 4> schema{{{1, "ledger", R"sql(
CREATE TABLE usage_events (
    user_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    generation_id TEXT NOT NULL,
    purpose INTEGER NOT NULL,
    chat_id BLOB NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    source INTEGER NOT NULL,
    state INTEGER NOT NULL,
    cost_micros INTEGER,
    PRIMARY KEY (user_id, at, generation_id, purpose)
) WITHOUT ROWID;
CREATE UNIQUE INDEX usage_events_by_id ON usage_events (generation_id, purpose);
CREATE TABLE daily_usage (
    user_id BLOB NOT NULL,
    day INTEGER NOT NULL,
    model TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    generations INTEGER NOT NULL,
    cost_micros INTEGER,
    PRIMARY KEY (user_id, day, model)
) WITHOUT ROWID;
CREATE TABLE audit_logs (
    id BLOB PRIMARY KEY,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    actor BLOB,
    actor_name TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    request_id TEXT NOT NULL,
    count INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX audit_logs_by_time ON audit_logs (at, id);
CREATE INDEX audit_logs_by_actor ON audit_logs (actor, at, id);
CREATE INDEX audit_logs_by_action ON audit_logs (action, at, id);
CREATE TABLE positions (
    topic TEXT PRIMARY KEY,
    applied INTEGER NOT NULL,
    log BLOB NOT NULL
) WITHOUT ROWID;
)sql"},
                                           {2, "titles", R"sql(
ALTER TABLE daily_usage ADD COLUMN titles INTEGER NOT NULL DEFAULT 0;
UPDATE daily_usage SET titles = (SELECT COUNT(*) FROM usage_events e
    WHERE e.user_id = daily_usage.user_id AND e.model = daily_usage.model AND e.purpose = 1
    AND e.at >= daily_usage.day * 86400000 AND e.at < (daily_usage.day + 1) * 86400000);
)sql"},
                                           // Days of other zones are made of hours, or of quarters
                                           // of an hour: what a report reads does not grow with
                                           // the number of calls.
                                           {3, "periods", R"sql(
CREATE TABLE period_usage (
    user_id BLOB NOT NULL,
    minutes INTEGER NOT NULL,
    period INTEGER NOT NULL,
    model TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    generations INTEGER NOT NULL,
    titles INTEGER NOT NULL,
    cost_micros INTEGER,
    PRIMARY KEY (user_id, minutes, period, model)
) WITHOUT ROWID;
INSERT INTO period_usage
    SELECT user_id, length.minutes, at / (length.minutes * 60000) AS period, model, SUM(input_tokens),
        SUM(output_tokens), SUM(purpose = 0), SUM(purpose = 1), SUM(cost_micros)
    FROM usage_events, (SELECT 60 AS minutes UNION ALL SELECT 15) AS length
    GROUP BY user_id, length.minutes, period, model;
)sql"},
                                           {4, "audit of a person by action", R"sql(
CREATE INDEX audit_logs_by_actor_action ON audit_logs (actor, action, at, id);
)sql"}}};

}  // namespace

SqliteOptions ledger_database(std::filesystem::path file) {
    return {.file = std::move(file),
            .schema = schema,
            .durability = Durability::crash,
            .cache_kib = 8 * 1024};
}

LedgerPosition read_ledger_position(Transaction& transaction, std::string_view topic) {
    const Rows rows =
        transaction.query("SELECT applied, log FROM positions WHERE topic = $1", {topic});
    if (rows.empty()) {
        return {};
    }
    return {static_cast<Offset>(rows.front().integer(0)), rows.front().uuid(1)};
}

void save_ledger_position(Transaction& transaction, std::string_view topic,
                          const LedgerPosition& position) {
    transaction.execute(
        "INSERT INTO positions (topic, applied, log) VALUES ($1, $2, $3) "
        "ON CONFLICT (topic) DO UPDATE SET applied = excluded.applied, log = excluded.log",
        {topic, position.applied, position.log});
}

}  // namespace loquat::store
