#include "services/consumer/adapters/sql/sql_reader_shares.hpp"

#include <algorithm>

namespace loquat::consumer {
namespace {

using store::Row;
using store::Transaction;

// Who has not beaten for so long has lost what it read.
void end_old(Transaction& transaction, const Uuid& name, std::int64_t age_ms) {
    transaction.execute(
        "DELETE FROM log_readers WHERE id <> $1 AND beat_at <= CAST(EXTRACT(EPOCH FROM "
        "clock_timestamp()) * 1000 AS BIGINT) - $2",
        {name, age_ms});
    transaction.execute("DELETE FROM log_shares WHERE reader NOT IN (SELECT id FROM log_readers)");
    transaction.execute("DELETE FROM log_unable WHERE reader NOT IN (SELECT id FROM log_readers)");
}

void beat_once(Transaction& transaction, const Uuid& name) {
    transaction.execute(
        "INSERT INTO log_readers (id, beat_at) VALUES ($1, CAST(EXTRACT(EPOCH FROM "
        "clock_timestamp()) * 1000 AS BIGINT)) ON CONFLICT (id) DO UPDATE SET beat_at = "
        "excluded.beat_at",
        {name});
}

std::vector<Uuid> list_readers(Transaction& transaction) {
    std::vector<Uuid> readers;
    for (const Row row : transaction.query("SELECT id FROM log_readers")) {
        readers.push_back(row.uuid(0));
    }
    std::ranges::sort(readers);
    return readers;
}

std::map<store::Partition, Uuid> list_held(Transaction& transaction) {
    std::map<store::Partition, Uuid> held;
    for (const Row row : transaction.query("SELECT topic, partition, reader FROM log_shares")) {
        held.emplace(store::Partition{row.text(0), static_cast<std::uint32_t>(row.integer(1))},
                     row.uuid(2));
    }
    return held;
}

Unable list_unable(Transaction& transaction) {
    Unable unable;
    for (const Row row : transaction.query("SELECT topic, partition, reader FROM log_unable")) {
        unable[{row.text(0), static_cast<std::uint32_t>(row.integer(1))}].insert(row.uuid(2));
    }
    return unable;
}

void note_unable(Transaction& transaction, const Uuid& name,
                 const std::vector<store::Partition>& partitions) {
    for (const store::Partition& one : partitions) {
        transaction.execute(
            "INSERT INTO log_unable (topic, partition, reader) VALUES ($1, $2, $3) ON CONFLICT "
            "(topic, partition, reader) DO NOTHING",
            {one.topic, one.number, name});
    }
}

}  // namespace

Task<Share> SqlReaderShares::beat(Ground ground, std::chrono::milliseconds age_max) {
    auto work = [name = name_, ground = std::move(ground),
                 age = age_max.count()](Transaction& transaction) {
        end_old(transaction, name, age);
        beat_once(transaction, name);
        note_unable(transaction, name, ground.unable);
        const auto held = list_held(transaction);
        Share share =
            share_out(name, ground.all, list_readers(transaction), held, list_unable(transaction));
        for (const store::Partition& one : share.mine) {
            if (!held.contains(one)) {
                transaction.execute(
                    "INSERT INTO log_shares (topic, partition, reader) VALUES ($1, $2, $3)",
                    {one.topic, one.number, name});
            }
        }
        return share;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<void> SqlReaderShares::give_back(std::vector<store::Partition> partitions) {
    auto work = [name = name_, partitions = std::move(partitions)](Transaction& transaction) {
        for (const store::Partition& one : partitions) {
            transaction.execute(
                "DELETE FROM log_shares WHERE topic = $1 AND partition = $2 AND reader = $3",
                {one.topic, one.number, name});
        }
    };
    co_await database_.transact(std::move(work));
}

Task<void> SqlReaderShares::leave() {
    auto work = [name = name_](Transaction& transaction) {
        transaction.execute("DELETE FROM log_shares WHERE reader = $1", {name});
        transaction.execute("DELETE FROM log_unable WHERE reader = $1", {name});
        transaction.execute("DELETE FROM log_readers WHERE id = $1", {name});
    };
    co_await database_.transact(std::move(work));
}

}  // namespace loquat::consumer
