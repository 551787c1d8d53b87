#pragma once
#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "aio/poller.hpp"
#include "aio/task.hpp"
#include "aio/timer.hpp"
#include "base/clock.hpp"

namespace loquat::aio {

class Scope;

// One thread's event loop.  Construct anywhere, call `run` on the thread that it shall be.  Asio
// runs its coroutines and handlers; the waiting is the poller's, one system call a turn.
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
    Poller& poller() { return poller_; }

  private:
    // In a turn, before it looks for events again.
    static constexpr int handlers_max = 256;

    void drain();
    bool run_handlers();
    bool turn();
    // How long nothing has to be done; says that this loop is asleep, if it is more than nothing.
    std::optional<std::chrono::nanoseconds> time_to_sleep(bool is_busy);
    void wait(bool is_busy);

    std::string name_;
    Poller poller_;  // outlives what is in handlers and coroutines
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
    std::unique_ptr<TimerWheel> wheel_;
    std::atomic<bool> is_stopped_ = false;
    std::mutex inbox_mutex_;
    bool is_asleep_ = false;  // by the mutex, as the inbox
    std::vector<std::move_only_function<void()>> inbox_;
    std::unique_ptr<Scope> scope_;
};

}  // namespace loquat::aio
