#include "services/consumer/adapters/sql/ledger_database.hpp"

#include <array>

#include "contracts/events/topics.hpp"
#include "store/position/sql_positions.hpp"

namespace loquat::consumer {
namespace {

// A person's rows lie together in the order of time: reports read one piece of the file.
constexpr std::array<store::Migration, 10> schema{
    {{1, "ledger", R"sql(
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
)sql"},
     {5, "positions set aside", R"sql(
ALTER TABLE positions RENAME TO positions_before;
)sql"},
     {6, "positions by partition", store::positions_table},
     {7, "positions brought over", R"sql(
INSERT INTO positions (consumer, topic, partition, generation, log, applied, previous)
    SELECT 'consumer', topic, 0, 1, log, applied, applied FROM positions_before;
DROP TABLE positions_before;
)sql"},
     {8, "numbers of partitions", store::partition_counts_table},
     // Who reads what, where there are several instances: of messages too.
     {9, "readers of the log", R"sql(
CREATE TABLE log_readers (
    id BLOB PRIMARY KEY,
    beat_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE log_shares (
    topic TEXT NOT NULL,
    partition BIGINT NOT NULL,
    reader BLOB NOT NULL,
    PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
)sql"},
     // Who has tried and cannot, so that others take what it would have had.
     {10, "readers that cannot", R"sql(
CREATE TABLE log_unable (
    topic TEXT NOT NULL,
    partition BIGINT NOT NULL,
    reader BLOB NOT NULL,
    PRIMARY KEY (topic, partition, reader)
) WITHOUT ROWID;
)sql"}}};

}  // namespace

store::DatabaseNeed ledger_database() {
    return {.name = "usage",
            .owner = "consumer",
            .readers = {"chat"},
            .schema = schema,
            .durability = store::Durability::crash,
            .topics = {contracts::records::usage.topic, contracts::records::audit.topic},
            .passing = {"positions", "partition_counts", "log_readers", "log_shares", "log_unable"},
            .cache_kib = 8 * 1024};
}

}  // namespace loquat::consumer
