#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <vector>

#include "store/file/frame.hpp"
#include "store/log/segments/entry.hpp"

namespace loquat::store {

// What is in a segment: its runs, and places to begin to read at.
class SegmentContents {
  public:
    SegmentContents() = default;
    explicit SegmentContents(const SegmentFooter& footer);

    // A batch whose frame is `frame`; batches come in the order of their places.
    void add(const RecordBatch& batch, const Frame& frame);

    // The last place at or before the record, if any.
    std::optional<RecordPlace> find(std::uint64_t topic, Offset offset) const;

    const std::vector<RecordRun>& runs() const { return runs_; }
    SegmentFooter to_footer() const;

  private:
    std::vector<RecordRun> runs_;
    std::map<std::pair<std::uint64_t, Offset>, std::uint64_t> places_;
    struct Latest {
        std::size_t run = 0;
        std::uint64_t place = 0;  // the position of the last one
    };
    std::map<std::uint64_t, Latest> latest_;  // by topic
};

// One file of the log.  The writer thread changes it; SegmentSet guards `contents`.
struct Segment {
    Segment(const std::filesystem::path& path, FileMode mode, FileCalls& calls)
        : file(path, mode, calls) {}

    std::uint64_t number = 0;
    std::uint32_t seed = 0;
    std::uint64_t size = 0;             // of the file
    std::atomic<std::uint64_t> end{0};  // of its frames, without the footer
    File file;
    SegmentContents contents;
};
using SegmentPtr = std::shared_ptr<Segment>;

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number);

// Makes a segment with its header, durably; on failure nothing is left of it.
SegmentPtr make_segment(const std::filesystem::path& folder, const SegmentHeader& header,
                        FileCalls& calls);

// Appends the frame of `entry`, for `position` of the segment.
Frame append_entry(std::string& out, const Segment& segment, std::uint64_t position,
                   const SegmentEntry& entry);

}  // namespace loquat::store
