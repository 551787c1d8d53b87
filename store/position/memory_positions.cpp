#include "store/position/memory_positions.hpp"

namespace loquat::store {

Position MemoryPositions::find(const std::string& consumer, const Partition& partition) const {
    const auto found = positions_.find({consumer, partition});
    return found == positions_.end() ? Position{.consumer = consumer, .partition = partition}
                                     : found->second;
}

Progress MemoryPositions::progress(const std::string& consumer, const std::string& topic) const {
    Progress progress;
    for (const auto& [key, position] : positions_) {
        if (key.first == consumer && key.second.topic == topic) {
            progress.set(key.second.number, position.log, position.applied);
        }
    }
    return progress;
}

void MemoryPositions::move(const Position& from, Offset through, std::size_t records) {
    check_batch(from, through, records);
    check_position(from, find(from.consumer, from.partition));
    positions_[{from.consumer, from.partition}] = moved(from, through);
}

Position MemoryPositions::adopt(const Position& from, Uuid log, Offset applied) {
    check_position(from, find(from.consumer, from.partition));
    return positions_[{from.consumer, from.partition}] = adopted(from, log, applied);
}

}  // namespace loquat::store
