#include "store/log/event_log.hpp"

namespace loquat::store {

Task<void> EventLog::append_all(std::string topic, std::vector<KeyedPayload> records) {
    for (KeyedPayload& record : records) {
        co_await append(topic, std::move(record.key), std::move(record.payload));
    }
}

}  // namespace loquat::store
