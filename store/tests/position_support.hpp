#pragma once
#include <string>
#include <utility>

#include "store/position/position.hpp"
#include "testing/await.hpp"

namespace loquat::store {

using test::await;

// Where the consumer begins with a log in one partition of a topic.
inline Position take_up(aio::Loop& loop, PositionStore& store, std::string topic,
                        Uuid log = Uuid::make()) {
    Partition partition{.topic = std::move(topic)};
    Position before = await(loop, store.position(std::string{log_reader}, std::move(partition)));
    return await(loop, store.adopt(std::move(before), log, 0));
}

// Records without a hole between them.
template <class Record>
Batch<Record> next_batch(const Position& from, std::vector<std::optional<Record>> records) {
    const Offset through = from.applied + records.size();
    return {from, through, std::move(records)};
}

}  // namespace loquat::store
