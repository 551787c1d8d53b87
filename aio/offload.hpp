#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "aio/completion.hpp"

namespace loquat::aio {

// Threads for work that blocks or computes for long.  The queue is bounded: what does not fit fails
// at once with `server.overloaded` (503), so that a burst of log-ins cannot eat the memory.
class WorkerPool {
  public:
    WorkerPool(std::string name, std::size_t threads, std::size_t queue_max);
    // Finishes what is queued.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // Runs `work` (a callable that returns T) on a thread of the pool, resumes on the caller's
    // loop.  At the deadline the caller gets `upstream.timeout`; the work goes on.
    template <class T, class Work>
    Task<T> run(Work work, Steady deadline = Steady::max()) {
        auto done = std::make_shared<Completion<T>>(Loop::current());
        submit([done, work = std::move(work)]() mutable {
            std::exception_ptr error;
            try {
                if constexpr (std::is_void_v<T>) {
                    work();
                    done->set();
                } else {
                    done->set(work());
                }
            } catch (...) {
                error = std::current_exception();
            }
            if (error) {
                done->fail(std::move(error));
            }
        });
        co_return co_await done->wait_until(deadline);
    }

  private:
    void submit(std::move_only_function<void()> job);
    void work();
    void stop();

    std::string name_;
    std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::move_only_function<void()>> queue_;
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace loquat::aio
