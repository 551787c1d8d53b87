#pragma once
#include <map>

#include "store/log/segments/segment.hpp"
#include "wire/binary.hpp"

namespace loquat::store {

inline constexpr std::string_view log_mend =
    "Restore the folder from a copy, or see docs/durability.md for going on without what is lost.";

Failure missing_segment(const std::filesystem::path& path, const std::string& why);

// `store.foreign_file` when the segment is a good one of another log or of another place.
void check_is_ours(const Segment& segment, const Uuid& log);

// `store.damaged`, or as check_is_ours.
SegmentHeader read_header(const Segment& segment, const Uuid& log);

// Fills a segment that another one follows: from its footer, or from its frames where that cannot
// be read or where all is to be checked.  `store.damaged` when they do not reach `end`.
void load_closed(Segment& segment, std::uint64_t end, bool check_all);

struct SegmentScan {
    std::uint64_t unfinished_bytes = 0;  // behind the segment's end, to be cut off
};

// Fills the last segment from its frames and brings the topics, as the header has them, up to its
// end.  `store.damaged` when something before what was durable is not as it was written, or when
// the file was cut or closed.
SegmentScan load_newest(Segment& segment, const SegmentHeader& header,
                        std::map<std::string, TopicState>& topics);

}  // namespace loquat::store
