#pragma once
#include <string_view>
#include <vector>

#include "store/log/event_log.hpp"
#include "store/position/position.hpp"

namespace loquat::consumer {

// The partitions of a topic of this log, each of which wants a reader.
// `consumer.partitions_changed` (503) when the store was filled from another number of them: a key
// that was in one partition would be in another, and its records would have no order.
Task<std::vector<store::Partition>> list_partitions(store::EventLog& log,
                                                    store::PositionStore& store,
                                                    std::string_view topic);

}  // namespace loquat::consumer
