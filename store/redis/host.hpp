#pragma once
#include <functional>
#include <string>
#include <thread>

#include "aio/loop.hpp"

namespace loquat::store {

// A loop with its own thread, on which connections of one use live: whoever has work for it posts.
class RedisHost {
  public:
    explicit RedisHost(std::string name);
    // Only after `stop`.
    ~RedisHost();

    aio::Loop& loop() { return loop_; }
    // Runs `last` on the loop, waits for it and for the thread.
    void stop(std::function<Task<void>()> last);

  private:
    aio::Loop loop_;
    std::jthread thread_;
};

}  // namespace loquat::store
