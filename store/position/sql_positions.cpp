#include "store/position/sql_positions.hpp"

namespace loquat::store {
namespace {

constexpr std::string_view read_sql =
    "SELECT generation, log, applied, previous FROM positions WHERE consumer = $1 AND topic = $2 "
    "AND partition = $3";
constexpr std::string_view readers_sql =
    "SELECT generation, log, applied, previous, consumer FROM positions WHERE topic = $1 AND "
    "partition = $2 ORDER BY consumer";
constexpr std::string_view progress_sql =
    "SELECT partition, log, applied FROM positions WHERE consumer = $1 AND topic = $2";
constexpr std::string_view claim_sql =
    "INSERT INTO partition_counts (topic, partitions) VALUES ($1, $2) ON CONFLICT DO NOTHING";
constexpr std::string_view claimed_sql = "SELECT partitions FROM partition_counts WHERE topic = $1";
constexpr std::string_view move_sql =
    "UPDATE positions SET previous = applied, applied = $6 WHERE consumer = $1 AND topic = $2 AND "
    "partition = $3 AND generation = $4 AND applied = $5";
constexpr std::string_view first_sql =
    "INSERT INTO positions (consumer, topic, partition, generation, log, applied, previous) "
    "VALUES ($1, $2, $3, 1, $4, $5, $5) ON CONFLICT DO NOTHING";
constexpr std::string_view adopt_sql =
    "UPDATE positions SET generation = generation + 1, log = $6, applied = $7, previous = $7 WHERE "
    "consumer = $1 AND topic = $2 AND partition = $3 AND generation = $4 AND applied = $5";

Position position_of(const Row& row, const std::string& consumer, const Partition& partition) {
    return {.consumer = consumer,
            .partition = partition,
            .generation = row.integer(0),
            .log = row.uuid(1),
            .applied = static_cast<Offset>(row.integer(2)),
            .previous = static_cast<Offset>(row.integer(3))};
}

[[noreturn]] void refuse(Transaction& transaction, const Position& from) {
    check_position(from, read_position(transaction, from.consumer, from.partition));
    throw Failure{Kind::conflict, "store.position_moved", "The store has moved on.",
                  from.consumer + " in " + from.partition.topic};
}

}  // namespace

Position read_position(Transaction& transaction, const std::string& consumer,
                       const Partition& partition) {
    const Rows rows = transaction.query(read_sql, {consumer, partition.topic, partition.number});
    return rows.empty() ? Position{.consumer = consumer, .partition = partition}
                        : position_of(rows.front(), consumer, partition);
}

std::vector<Position> read_positions(Transaction& transaction, const Partition& partition) {
    std::vector<Position> positions;
    for (const Row row : transaction.query(readers_sql, {partition.topic, partition.number})) {
        positions.push_back(position_of(row, row.text(4), partition));
    }
    return positions;
}

Progress read_progress(Transaction& transaction, std::string_view consumer,
                       std::string_view topic) {
    Progress progress;
    for (const Row row : transaction.query(progress_sql, {consumer, topic})) {
        progress.set(static_cast<std::uint32_t>(row.integer(0)), row.uuid(1),
                     static_cast<Offset>(row.integer(2)));
    }
    return progress;
}

void move_position(Transaction& transaction, const Position& from, Offset through,
                   std::size_t records) {
    check_batch(from, through, records);
    const std::int64_t changed =
        transaction.execute(move_sql, {from.consumer, from.partition.topic, from.partition.number,
                                       from.generation, from.applied, through});
    if (changed != 1) {
        refuse(transaction, from);
    }
}

Position adopt_position(Transaction& transaction, const Position& from, Uuid log, Offset applied) {
    const Partition& partition = from.partition;
    const std::int64_t changed =
        from.generation == 0
            ? transaction.execute(first_sql,
                                  {from.consumer, partition.topic, partition.number, log, applied})
            : transaction.execute(adopt_sql, {from.consumer, partition.topic, partition.number,
                                              from.generation, from.applied, log, applied});
    if (changed != 1) {
        refuse(transaction, from);
    }
    return adopted(from, log, applied);
}

Task<Position> load_position(Database& database, std::string consumer, Partition partition) {
    auto work = [consumer = std::move(consumer),
                 partition = std::move(partition)](Transaction& transaction) {
        return read_position(transaction, consumer, partition);
    };
    co_return co_await database.read(std::move(work));
}

Task<Progress> load_progress(Database& database, std::string consumer, std::string topic) {
    auto work = [consumer = std::move(consumer),
                 topic = std::move(topic)](Transaction& transaction) {
        return read_progress(transaction, consumer, topic);
    };
    co_return co_await database.read(std::move(work));
}

Task<std::uint32_t> claim_partitions_in(Database& database, std::string topic,
                                        std::uint32_t partitions) {
    auto work = [topic = std::move(topic), partitions](Transaction& transaction) {
        transaction.execute(claim_sql, {topic, partitions});
        const Rows rows = transaction.query(claimed_sql, {topic});
        return static_cast<std::uint32_t>(rows.front().integer(0));
    };
    co_return co_await database.transact(std::move(work));
}

Task<Position> adopt_in(Database& database, Position from, Uuid log, Offset applied) {
    auto work = [from = std::move(from), log, applied](Transaction& transaction) {
        return adopt_position(transaction, from, log, applied);
    };
    co_return co_await database.transact(std::move(work));
}

Task<std::optional<Position>> secure_in(Database& database, std::string consumer,
                                        Partition partition) {
    Position before = co_await load_position(database, std::move(consumer), std::move(partition));
    const bool is_safe = co_await database.secure();
    co_return is_safe ? std::optional{std::move(before)} : std::nullopt;
}

}  // namespace loquat::store
