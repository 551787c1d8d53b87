#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "aio/timer.hpp"
#include "base/clock.hpp"

namespace loquat::aio {

class Scope;

// One thread's event loop.  Construct anywhere, call `run` on the thread that it shall be.
class Loop {
  public:
    explicit Loop(std::string name);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // Runs until `stop`.  May be called again (tests).
    void run();
    // Runs what is ready and returns; for tests that drive time themselves.
    void poll();
    // Any thread.  Handlers that are queued stay queued.
    void stop();

    // Any thread: runs `work` on this loop, in the order of posting.  A burst wakes the loop once.
    void post(std::move_only_function<void()> work);
    // Loop thread: runs `work` after everything that is ready now, before the loop waits again.
    void defer(std::move_only_function<void()> work);
    // Any thread: starts a task that belongs to nobody but the loop; what it throws is logged.
    void spawn(Task<void> task);

    bool is_current() const { return current_or_null() == this; }
    // The loop of this thread.  Aborts where there is none.
    static Loop& current();
    static Loop* current_or_null();

    Task<void> sleep_for(std::chrono::milliseconds time);

    const std::string& name() const { return name_; }
    boost::asio::io_context& context() { return context_; }
    TimerWheel& wheel() { return *wheel_; }

  private:
    void drain();

    std::string name_;
    boost::asio::io_context context_{1};
    std::unique_ptr<TimerWheel> wheel_;
    std::mutex inbox_mutex_;
    std::vector<std::move_only_function<void()>> inbox_;
    std::unique_ptr<Scope> scope_;
};

}  // namespace loquat::aio
