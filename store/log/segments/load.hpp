#pragma once
#include <map>
#include <span>

#include "store/log/segment_log.hpp"
#include "store/log/segments/segment_set.hpp"

namespace loquat::store {

// What a log's folder holds.
struct LogContent {
    Uuid identity;
    std::map<std::string, TopicState> topics;
    std::vector<SegmentPtr> segments;
};

// Makes a log with these topics and no records.  The folder must not hold one.
LogContent make_log(const SegmentLogOptions& options, const Uuid& identity,
                    std::span<const TopicState> topics);

// Reads and checks a log and cuts off what was never acknowledged; makes one where there is none.
// Fails as open_segment_log.
LogContent load_log(const SegmentLogOptions& options);

// The same without changing anything, and with every frame of every segment.
LogContent check_log(const SegmentLogOptions& options);

}  // namespace loquat::store
