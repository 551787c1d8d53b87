#include "store/log/event_log.hpp"

namespace loquat::store {

Task<void> append_in_groups(EventLog& log, std::string topic, std::vector<KeyedPayload> records) {
    std::vector<KeyedPayload> group;
    std::size_t bytes = 0;
    for (KeyedPayload& record : records) {
        const std::size_t more = record.key.size() + record.payload.size();
        if (bytes + more > EventLog::group_bytes_max ||
            group.size() == EventLog::group_records_max) {
            co_await log.append_all(topic, std::exchange(group, {}));
            bytes = 0;
        }
        bytes += more;
        group.push_back(std::move(record));
    }
    if (!group.empty()) {
        co_await log.append_all(std::move(topic), std::move(group));
    }
}

}  // namespace loquat::store
