#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"

namespace loquat::store {

// A record's place in its partition: from 1 on, ascending, each given once.  There may be holes, as
// a log of other servers leaves them: what comes after one is found by reading, not by counting.
using Offset = std::uint64_t;

// Topics are divided into partitions 0, 1, 2 ..., each with an order of its own.  A record's key
// chooses its partition (store/log/partition_of.hpp), so what has the same key stays in order.
struct Partition {
    std::string topic;
    std::uint32_t number = 0;

    friend auto operator<=>(const Partition&, const Partition&) = default;
};

struct LogPlace {
    std::uint32_t partition = 0;
    Offset offset = 0;
    Uuid log;  // EventLog::identity: offsets of different logs are not compared

    friend auto operator<=>(const LogPlace&, const LogPlace&) = default;
};

struct LogRecord {
    Offset offset = 0;
    std::string key;
    std::string payload;
    // Only on its way into the log: how many behind it were appended with it.
    std::uint32_t followers = 0;
    // EventLog::identity of what it was read from, where a topic may be made anew behind a reader;
    // nil where it cannot.
    Uuid log{};
};
using LogRecordPtr = std::shared_ptr<const LogRecord>;

struct KeyedPayload {
    std::string key;
    std::string payload;
};

struct ReadLimit {
    std::size_t records_max = 1000;
    std::size_t bytes_max = 4 * 1024 * 1024;  // at least one record is given, whatever its size
};

struct LogEnds {
    Offset first = 1;  // no record before it is there any more
    Offset last = 0;   // no record after it was appended yet; may be a hole.  first - 1 when empty
    Offset stride = 1;  // how far apart two records are that were appended by themselves
};

enum class LogState { ready, full, broken };

// Records of each partition are in the order in which they became durable.  Call from any loop;
// results arrive on the caller's loop.  A cancelled append may still happen.
//
// Fails with `store.overloaded` (503), `store.full` (503, disk full: nothing was appended),
// `store.damaged` (a stored record does not match its checksum: it is never given out),
// `store.unavailable` (503), `log.too_large` (413, above record_bytes_max), `log.trimmed` (410,
// read before the first record), `log.topics` (500, above topics_max), `log.partition` (500, there
// is no such partition), `upstream.timeout` (504: whether an append happened is unknown). Destroy a
// log after the tasks that use it have ended.
class EventLog {
  public:
    static constexpr std::size_t record_bytes_max = 1024 * 1024;  // key and payload
    static constexpr std::size_t group_bytes_max = 7 * 1024 * 1024;
    static constexpr std::size_t group_records_max = 1024;
    static constexpr std::size_t topic_length_max = 128;
    static constexpr std::size_t topics_max = 1024;

    virtual ~EventLog() = default;

    // Returns when the record is DURABLE.
    virtual Task<LogPlace> append(std::string topic, std::string key, std::string payload) = 0;

    // Appends all in this order, with nothing between them, and returns when all are DURABLE.  All
    // or none: they are refused together, written in one commit, and after a crash either all are
    // there or none is.  `log.too_large` above group_bytes_max or group_records_max.  Gives their
    // places in the order of `records`.  Where their keys belong to several partitions, all or none
    // is meant of each.
    virtual Task<std::vector<LogPlace>> append_all(std::string topic,
                                                   std::vector<KeyedPayload> records) = 0;

    // At least 1.  Never changes for a topic that has records: a key in two partitions has no
    // order.
    virtual Task<std::uint32_t> partitions(std::string topic) = 0;

    // What comes after `after`, ascending; empty when there is nothing yet.
    virtual Task<std::vector<LogRecordPtr>> read(Partition from, Offset after, ReadLimit limit) = 0;

    // True as soon as there is a record after `after`; false at the deadline.
    virtual Task<bool> wait(Partition in, Offset after, Steady deadline) = 0;

    // Forgets records with an offset below `before` (never beyond the end).  Offsets are not used
    // again.
    virtual Task<void> trim(Partition in, Offset before) = 0;

    virtual Task<LogEnds> ends(Partition of) = 0;

    // Made with the topic's log.  Offsets mean something only together with it: a log that was
    // moved aside, or a topic that was made anew, begins again at 1 under another identity.
    virtual Task<Uuid> identity(std::string topic) = 0;

    // Any thread; for health.
    virtual LogState state() const = 0;

    // Of the records that are kept in memory as well.  Any thread.
    virtual std::size_t held_bytes() const = 0;
};

// As many groups as it takes; when it fails, the first ones may have been appended.
Task<std::vector<LogPlace>> append_in_groups(EventLog& log, std::string topic,
                                             std::vector<KeyedPayload> records);

// Whether everything in [1, through] of the partition is at or before `applied`: there may be no
// record at `through` itself.
Task<bool> is_all_before(EventLog& log, Partition in, Offset applied, Offset through);

// `log.partition` (500).
void check_partition(const Partition& partition, std::uint32_t partitions);

}  // namespace loquat::store
