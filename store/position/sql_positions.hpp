#pragma once
#include <string_view>

#include "store/position/position.hpp"
#include "store/sql/database.hpp"

namespace loquat::store {

// The table, as a step of every schema that is filled from the log.
inline constexpr std::string_view positions_table = R"sql(
CREATE TABLE positions (
    consumer TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    log BLOB NOT NULL,
    applied BIGINT NOT NULL,
    previous BIGINT NOT NULL,
    PRIMARY KEY (consumer, topic, partition)
) WITHOUT ROWID;
)sql";

// How many partitions each topic has; the second step, and who kept positions before it had one.
inline constexpr std::string_view partition_counts_table = R"sql(
CREATE TABLE partition_counts (
    topic TEXT NOT NULL,
    partitions BIGINT NOT NULL,
    PRIMARY KEY (topic)
) WITHOUT ROWID;
INSERT INTO partition_counts (topic, partitions)
    SELECT topic, MAX(partition) + 1 FROM positions GROUP BY topic;
)sql";

// Inside a transaction.
Position read_position(Transaction& transaction, const std::string& consumer,
                       const Partition& partition);
// Of all consumers, by name.
std::vector<Position> read_positions(Transaction& transaction, const Partition& partition);
Progress read_progress(Transaction& transaction, std::string_view consumer, std::string_view topic);

// The first statement of the transaction that applies a batch: of two that go on from the same
// position one changes the row, and the other gets `store.position_moved`.
void move_position(Transaction& transaction, const Position& from, Offset through,
                   std::size_t records);
Position adopt_position(Transaction& transaction, const Position& from, Uuid log, Offset applied);

// What a store over a database answers of its positions.
Task<Position> load_position(Database& database, std::string consumer, Partition partition);
Task<Progress> load_progress(Database& database, std::string consumer, std::string topic);
Task<std::uint32_t> claim_partitions_in(Database& database, std::string topic,
                                        std::uint32_t partitions);
Task<Position> adopt_in(Database& database, Position from, Uuid log, Offset applied);
Task<std::optional<Position>> secure_in(Database& database, std::string consumer,
                                        Partition partition);

// A store of that port over a database, in which its positions are too.
template <class Port>
class WithSqlPositions : public Port {
  public:
    Task<Position> position(std::string consumer, Partition partition) override {
        return load_position(database_, std::move(consumer), std::move(partition));
    }
    Task<Position> adopt(Position from, Uuid log, Offset applied) override {
        return adopt_in(database_, std::move(from), log, applied);
    }
    Task<std::uint32_t> claim_partitions(std::string topic, std::uint32_t partitions) override {
        return claim_partitions_in(database_, std::move(topic), partitions);
    }
    Task<std::optional<Position>> secure(std::string consumer, Partition partition) override {
        return secure_in(database_, std::move(consumer), std::move(partition));
    }

  protected:
    explicit WithSqlPositions(Database& database) : database_(database) {}

    Database& database_;
};

}  // namespace loquat::store
