#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"

namespace loquat::store {

// A record's place in its topic: 1, 2, 3 ... without a hole.
using Offset = std::uint64_t;

struct LogRecord {
    Offset offset = 0;
    std::string key;
    std::string payload;
    // Only on its way into the log: how many behind it were appended with it.
    std::uint32_t followers = 0;
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
    Offset first = 1;  // the oldest record that is still there, or where the next one goes
    Offset last = 0;   // the newest; first - 1 when empty
};

enum class LogState { ready, full, broken };

// Topics of records in the order in which they became durable.  Call from any loop; results arrive
// on the caller's loop.  A cancelled append may still happen.
//
// Fails with `store.overloaded` (503), `store.full` (503, disk full: nothing was appended),
// `store.damaged` (a stored record does not match its checksum: it is never given out),
// `store.unavailable` (503), `log.too_large` (413, above record_bytes_max), `log.trimmed` (410,
// read before the first record), `log.topics` (500, above topics_max), `upstream.timeout` (504:
// whether an append happened is unknown). Destroy a log after the tasks that use it have ended.
class EventLog {
  public:
    static constexpr std::size_t record_bytes_max = 1024 * 1024;  // key and payload
    static constexpr std::size_t group_bytes_max = 7 * 1024 * 1024;
    static constexpr std::size_t group_records_max = 1024;
    static constexpr std::size_t topic_length_max = 128;
    static constexpr std::size_t topics_max = 1024;

    virtual ~EventLog() = default;

    // Returns when the record is DURABLE.
    virtual Task<Offset> append(std::string topic, std::string key, std::string payload) = 0;

    // Appends all in this order, with nothing between them, and returns when all are DURABLE.  All
    // or none: they are refused together, written in one commit, and after a crash either all are
    // there or none is.  `log.too_large` above group_bytes_max or group_records_max.
    virtual Task<void> append_all(std::string topic, std::vector<KeyedPayload> records) = 0;

    // What comes after `after`, ascending, without a hole; empty when there is nothing yet.
    virtual Task<std::vector<LogRecordPtr>> read(std::string topic, Offset after,
                                                 ReadLimit limit) = 0;

    // True as soon as the topic has a record after `after`; false at the deadline.
    virtual Task<bool> wait(std::string topic, Offset after, Steady deadline) = 0;

    // Forgets records with an offset below `before` (never beyond the end).  Offsets are not used
    // again.
    virtual Task<void> trim(std::string topic, Offset before) = 0;

    virtual Task<LogEnds> ends(std::string topic) = 0;

    // Made with the log.  Offsets mean something only together with it: a log that was moved aside
    // begins again at 1 under another identity.
    virtual Uuid identity() const = 0;

    // Any thread; for health.
    virtual LogState state() const = 0;

    // Of the records that are kept in memory as well.  Any thread.
    virtual std::size_t held_bytes() const = 0;
};

// As many groups as it takes; when it fails, the first ones may have been appended.
Task<void> append_in_groups(EventLog& log, std::string topic, std::vector<KeyedPayload> records);

}  // namespace loquat::store
