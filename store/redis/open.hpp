#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "store/redis/dial.hpp"

namespace loquat::store {

// How long a start waits for the server.
struct RedisStart {
    std::chrono::milliseconds start_max{60'000};
    // Told why, again and again while it waits; false gives up.
    std::function<bool(const std::string& why)> keep_waiting;
};

// For metrics; any thread.
struct RedisCounts {
    std::atomic<std::uint64_t> sent{0};         // commands
    std::atomic<std::uint64_t> received{0};     // answers and messages
    std::atomic<std::uint64_t> dropped{0};      // not sent: the server was away or too slow
    std::atomic<std::uint64_t> refused{0};      // answered by an error
    std::atomic<std::uint64_t> connections{0};  // made since the start
};

// Who opens waits here for the first connections, so that what comes next finds them.
class FirstConnections {
  public:
    explicit FirstConnections(int awaited) : awaited_(awaited) {}

    // One more is there; any thread.
    void note();
    // Until all are, but not longer: they are made without being waited for, too.
    void wait_for(std::chrono::milliseconds most);

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int awaited_;
};

// Blocks until the server answers and will do for `use`; it closes that connection again.  Throws
// Failure `store.unavailable` after `start_max`, and at once `store.denied` and `store.unfit`.
void wait_for_redis(const RedisTarget& target, RedisUse use, const RedisStart& start);

}  // namespace loquat::store
