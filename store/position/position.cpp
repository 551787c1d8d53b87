#include "store/position/position.hpp"

#include "base/check.hpp"
#include "base/failure.hpp"

namespace loquat::store {
namespace {

std::string text_of(const Position& position) {
    return std::to_string(position.applied) + " of generation " +
           std::to_string(position.generation);
}

}  // namespace

void Progress::set(std::uint32_t partition, Uuid log, Offset applied) {
    if (parts_.size() <= partition) {
        parts_.resize(partition + 1);
    }
    parts_[partition] = {log, applied};
}

Offset Progress::applied(std::uint32_t partition, const Uuid& log) const {
    const bool is_known = partition < parts_.size() && parts_[partition].log == log;
    return is_known ? parts_[partition].applied : 0;
}

void check_position(const Position& from, const Position& stored) {
    if (stored.generation != from.generation || stored.applied != from.applied) {
        throw Failure{Kind::conflict, "store.position_moved", "The store has moved on.",
                      from.consumer + " is at " + text_of(stored) + " in " + from.partition.topic +
                          ", not at " + text_of(from)};
    }
}

Position moved(Position from, Offset through) {
    from.previous = from.applied;
    from.applied = through;
    return from;
}

Position adopted(Position from, Uuid log, Offset applied) {
    ++from.generation;
    from.log = log;
    from.applied = from.previous = applied;
    return from;
}

void check_batch(const Position& from, Offset through, std::size_t records) {
    LOQUAT_CHECK(from.generation > 0, "a log is taken up before its records are applied");
    LOQUAT_CHECK(through >= from.applied + records, "records have ascending offsets");
}

}  // namespace loquat::store
