#pragma once
#include <atomic>
#include <map>

#include "store/log/segment_log.hpp"
#include "store/log/segments/segment_set.hpp"

namespace loquat::store {

// Writes the log's segments.  One thread, but for `set_durable`.
class SegmentWriter {
  public:
    // Consecutive records of each topic, by its name.
    using Group = std::map<std::string, std::vector<LogRecordPtr>>;
    using Topics = std::map<std::string, TopicState>;

    SegmentWriter(const SegmentLogOptions& options, Uuid identity, Topics topics, SegmentSet& set);

    Offset next_offset(const std::string& topic) const;
    const Topics& topics() const { return topics_; }

    // Whether the newest segment has room for the group; otherwise `rotate` first.
    bool fits(const Group& group) const { return has_room(bytes_of(group)); }
    bool has_room(std::uint64_t bytes) const;
    // Begins another segment with room for `bytes`.  All that was written must be durable.
    // `store.full`.
    void rotate(std::uint64_t bytes);
    static std::uint64_t bytes_of(const Group& group);

    // Appends; gives the segment and where it ends now: durable once that file was synced.  On
    // failure nothing is appended.
    struct Written {
        SegmentPtr segment;
        std::uint64_t end = 0;
    };
    Written write(const Group& group);

    // Any thread: everything before is durable.
    void set_durable(std::uint64_t end) { durable_ = end; }

    // Says in the log how far it is durable, if it does not say so yet.
    bool has_unmarked() const { return durable_ > marked_; }
    void mark();

    // Durably forgets what is before.  All that was written must be durable.
    void trim(const std::string& topic, Offset before);

    // Removes segments that hold nothing that is kept; where less than half of what they hold is
    // kept, moves what is kept of the oldest on.  All that was written must be durable.
    void clean();

    // After this nothing can be known of what was written last, until the log is opened again.
    bool is_broken() const { return is_broken_; }

  private:
    SegmentPtr newest() const { return set_.newest(); }
    void append(Segment& segment, std::string_view bytes);
    void undo(Segment& segment, std::size_t bytes);
    void sync(Segment& segment);
    void close(Segment& segment);
    std::uint64_t kept_bytes(const std::vector<RecordRun>& runs) const;
    void remove_oldest();
    void copy_oldest();
    void copy(const RecordBatch& batch);
    SegmentHeader make_header(std::uint64_t bytes) const;

    SegmentLogOptions options_;
    Uuid identity_;
    Topics topics_;
    std::map<std::uint64_t, Offset> firsts_;  // by topic number
    SegmentSet& set_;
    std::atomic<std::uint64_t> durable_{0};
    std::uint64_t marked_ = 0;
    bool is_broken_ = false;
    bool cannot_copy_ = false;
};

}  // namespace loquat::store
