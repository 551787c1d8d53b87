#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aio/task.hpp"
#include "base/ids.hpp"
#include "store/log/event_log.hpp"

// How far a reader of the log has come, kept by the store that it fills: rows and position change
// in one transaction, and the position is the fence between two that believe they are the reader.
namespace loquat::store {

// Who brings the log into the stores.
inline constexpr std::string_view log_reader = "consumer";

struct Position {
    std::string consumer;
    Partition partition;
    // Of the log, as this consumer has met them: 1, 2 ...; 0 before it has taken one up.  A log
    // that was made anew is another one, and its offsets are of its own.
    std::int64_t generation = 0;
    Uuid log;             // EventLog::identity of that generation; nil before the first
    Offset applied = 0;   // everything up to here is stored
    Offset previous = 0;  // `applied` before the last batch

    friend bool operator==(const Position&, const Position&) = default;
};

// Records of one partition, in (from.applied, through].  There may be fewer of them than offsets: a
// log may have holes.  A record that cannot be decoded is an empty optional: its offset is passed.
template <class Record>
struct Batch {
    Position from;
    Offset through = 0;
    std::vector<std::optional<Record>> records;
};

// How far the partitions of a topic are applied, each in the log that its reader has taken up.
class Progress {
  public:
    void set(std::uint32_t partition, Uuid log, Offset applied);
    // 0 while the reader has not taken up that log: what it applied of another one says nothing.
    Offset applied(std::uint32_t partition, const Uuid& log) const;
    bool covers(const LogPlace& place) const {
        return place.offset <= applied(place.partition, place.log);
    }

    friend bool operator==(const Progress&, const Progress&) = default;

  private:
    struct Part {
        Uuid log;
        Offset applied = 0;
        friend bool operator==(const Part&, const Part&) = default;
    };
    std::vector<Part> parts_;  // by partition
};

// What a store that is filled from the log knows of those who fill it.  Fails as
// store/sql/database.hpp says.
class PositionStore {
  public:
    virtual ~PositionStore() = default;

    // Generation 0 when the consumer has not read that partition yet.
    virtual Task<Position> position(std::string consumer, Partition partition) = 0;

    // Takes up another log: the next generation begins at `applied` of the log `log`.  Before the
    // first batch too.  `store.position_moved` (409) when the position is no longer `from`.  Only
    // this begins a generation, never a batch, so that one who sleeps with the old log in hand
    // cannot take it back.
    virtual Task<Position> adopt(Position from, Uuid log, Offset applied) = 0;

    // How many partitions the topic has, for good: what the first caller said.  A topic with
    // another number has its keys elsewhere, and is not the one whose positions are kept.
    virtual Task<std::uint32_t> claim_partitions(std::string topic, std::uint32_t partitions) = 0;

    // Makes all that is applied safe against a loss of power and gives the position that is safe;
    // none when that cannot be done now.  The log may be trimmed up to there and no further: what a
    // loss of power takes is applied again from the log.
    virtual Task<std::optional<Position>> secure(std::string consumer, Partition partition) = 0;

    // Whether it can be away without being broken, as a server can: what is accepted meanwhile
    // waits in the log.
    virtual bool may_be_away() const { return false; }
};

// `store.position_moved` (409) unless a batch or adoption that goes on from `from` fits what is
// stored.
void check_position(const Position& from, const Position& stored);

// What `from` becomes by a batch, and by an adoption.
Position moved(Position from, Offset through);
Position adopted(Position from, Uuid log, Offset applied);

// For batches that come from elsewhere than a log: more records than offsets cannot be.
void check_batch(const Position& from, Offset through, std::size_t records);

}  // namespace loquat::store
