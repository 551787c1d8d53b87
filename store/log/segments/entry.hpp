#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "store/log/event_log.hpp"

namespace loquat::store {

// What the frames of a segment say.  Entries that were read refer to the bytes they were read from.

struct TopicState {
    std::uint64_t number = 0;  // 1, 2, 3 ...
    std::string name;
    Offset first = 1;  // the oldest record that is kept
    Offset next = 1;   // the one that comes next
};

// The first frame of every segment: what it is, and all topics as they are before it.
struct SegmentHeader {
    Uuid log;
    std::uint64_t number = 0;
    std::uint64_t size = 0;          // of the file, until it is closed
    std::uint64_t previous_end = 0;  // where the frames of the segment before end
    std::vector<TopicState> topics;
};

// Everything before `durable` was on the disk when this was written.  Each group begins with one,
// and one is written when there is nothing else to do.
struct DurableMark {
    std::uint64_t durable = 0;
};

struct TopicAdded {
    std::uint64_t topic = 0;
    std::string_view name;
};

// Consecutive records of one topic.
struct RecordBatch {
    std::uint64_t topic = 0;
    Offset first = 0;
    std::uint64_t count = 0;
    bool is_copy = false;      // moved here from a segment that was removed
    std::string_view records;  // see append_record, for_each_record
};

struct TopicTrimmed {
    std::uint64_t topic = 0;
    Offset first = 0;
};

// Records of one topic in one segment without a hole.
struct RecordRun {
    std::uint64_t topic = 0;
    Offset first = 0;
    Offset last = 0;
    std::uint64_t bytes = 0;
};

// Where a frame of a run begins, every now and then; the first of each run is among them.
struct RecordPlace {
    std::uint64_t topic = 0;
    Offset first = 0;
    std::uint64_t position = 0;
};

// The last frame of a segment that is closed: what is in it.
struct SegmentFooter {
    std::vector<RecordRun> runs;
    std::vector<RecordPlace> places;
};

using SegmentEntry =
    std::variant<SegmentHeader, DurableMark, TopicAdded, RecordBatch, TopicTrimmed, SegmentFooter>;

std::string encode_entry(const SegmentEntry& entry);
std::optional<SegmentEntry> decode_entry(std::string_view body);

// The inside of a batch: key and payload of each record, each with its length before it.
void append_record(std::string& out, std::string_view key, std::string_view payload);

// The records of a batch; none when it is not as it was written.
std::optional<std::vector<LogRecordPtr>> decode_records(const RecordBatch& batch);

}  // namespace loquat::store
