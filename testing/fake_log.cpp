#include "testing/fake_log.hpp"

#include "aio/signal.hpp"
#include "base/failure.hpp"

namespace loquat::test {

Task<void> FakeLog::take_turn() {
    if (failures_left > 0) {
        --failures_left;
        throw Failure{Kind::unavailable, "store.full", "full"};
    }
    if (is_stuck) {
        aio::Signal never;
        co_await never.wait();
    }
}

Task<store::LogPlace> FakeLog::append(std::string topic, std::string key, std::string payload) {
    co_await take_turn();
    ++appends;
    co_return co_await inner().append(std::move(topic), std::move(key), std::move(payload));
}

Task<std::vector<store::LogPlace>> FakeLog::append_all(std::string topic,
                                                       std::vector<store::KeyedPayload> records) {
    if (failures_left > 0 || groups_left == 0) {
        failures_left -= failures_left > 0 ? 1 : 0;
        ++refused;
        throw Failure{Kind::unavailable, "store.full", "full"};
    }
    co_await take_turn();
    groups_left -= groups_left > 0 ? 1 : 0;
    appends += static_cast<int>(records.size());
    co_return co_await inner().append_all(std::move(topic), std::move(records));
}

}  // namespace loquat::test
