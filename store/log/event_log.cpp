#include "store/log/event_log.hpp"

#include "base/failure.hpp"

namespace loquat::store {

Task<std::vector<LogPlace>> append_in_groups(EventLog& log, std::string topic,
                                             std::vector<KeyedPayload> records) {
    std::vector<LogPlace> places;
    places.reserve(records.size());
    std::vector<KeyedPayload> group;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        bytes += records[i].key.size() + records[i].payload.size();
        group.push_back(std::move(records[i]));
        const bool is_last = i + 1 == records.size();
        const std::size_t next =
            is_last ? 0 : records[i + 1].key.size() + records[i + 1].payload.size();
        if (is_last || bytes + next > EventLog::group_bytes_max ||
            group.size() == EventLog::group_records_max) {
            const auto added = co_await log.append_all(topic, std::exchange(group, {}));
            places.insert(places.end(), added.begin(), added.end());
            bytes = 0;
        }
    }
    co_return places;
}

Task<bool> is_all_before(EventLog& log, Partition in, Offset applied, Offset through) {
    if (applied >= through) {
        co_return true;
    }
    const ReadLimit one{.records_max = 1};
    const auto next = co_await log.read(std::move(in), applied, one);
    co_return next.empty() || next.front()->offset > through;
}

void check_partition(const Partition& partition, std::uint32_t partitions) {
    if (partition.number >= partitions) {
        throw Failure{Kind::internal, "log.partition", "The log has no such partition.",
                      partition.topic + " has " + std::to_string(partitions) + ", not " +
                          std::to_string(partition.number)};
    }
}

}  // namespace loquat::store
