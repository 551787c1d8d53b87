#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "base/failure.hpp"

namespace loquat::store {

// A bounded queue between loops and the threads of a store.
template <class T>
class JobQueue {
  public:
    explicit JobQueue(std::size_t items_max) : items_max_(items_max) {}

    // Fails with `store.overloaded` when full; never waits.
    void push(T item) {
        {
            const std::lock_guard lock{mutex_};
            if (items_.size() >= items_max_) {
                throw Failure{Kind::unavailable, "store.overloaded",
                              "The store has too much to do at the moment."}
                    .retry_in(std::chrono::seconds{1});
            }
            items_.push_back(std::move(item));
        }
        changed_.notify_one();
    }

    // Waits for at least one; empty once closed and drained.
    std::vector<T> take(std::size_t count_max) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return closed_ || !items_.empty(); });
        std::vector<T> taken;
        while (!items_.empty() && taken.size() < count_max) {
            taken.push_back(std::move(items_.front()));
            items_.pop_front();
        }
        return taken;
    }

    void close() {
        {
            const std::lock_guard lock{mutex_};
            closed_ = true;
        }
        changed_.notify_all();
    }

  private:
    std::size_t items_max_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<T> items_;
    bool closed_ = false;
};

}  // namespace loquat::store
