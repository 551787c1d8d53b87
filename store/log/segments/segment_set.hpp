#pragma once
#include <deque>
#include <mutex>

#include "store/log/segments/segment.hpp"

namespace loquat::store {

// All segments of a log, oldest first.  Any thread; one changes it.
class SegmentSet {
  public:
    void add(SegmentPtr segment);
    SegmentPtr remove_oldest();
    SegmentPtr oldest() const;
    SegmentPtr newest() const;
    std::size_t count() const;
    std::uint64_t bytes() const;       // on disk
    std::uint64_t used_bytes() const;  // without what was only reserved

    void add_batch(Segment& segment, const RecordBatch& batch, const Frame& frame);
    std::vector<RecordRun> runs_of(const Segment& segment) const;
    SegmentFooter footer_of(const Segment& segment) const;
    // Oldest segments first.
    std::vector<RecordRun> all_runs() const;

    // Records of `topic` after `after` and before its `next`, without a hole; at least one.
    // `store.damaged` when the first of them is not as it was written, or when it is missing.
    std::vector<LogRecordPtr> read(const TopicState& topic, Offset after, ReadLimit limit) const;

  private:
    struct Found {
        SegmentPtr segment;
        std::uint64_t position = 0;
    };
    std::optional<Found> find(std::uint64_t topic, Offset offset) const;

    mutable std::mutex mutex_;
    std::deque<SegmentPtr> segments_;
};

}  // namespace loquat::store
