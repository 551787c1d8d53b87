#pragma once
#include <deque>
#include <memory>
#include <unordered_map>
#include <utility>

#include "aio/signal.hpp"
#include "base/failure.hpp"

namespace loquat::aio {

// One holder of each key at a time, first come, first served, across co_await.  At most
// `waiters_max` wait for one key; more fail with `server.overloaded` (503).  A cancelled waiter
// leaves the queue. One loop.
template <class Key>
class KeyedMutex {
    using Queue = std::deque<std::shared_ptr<Signal>>;

  public:
    class Lock {
      public:
        Lock(KeyedMutex& mutex, Key key) : mutex_(&mutex), key_(std::move(key)) {}
        Lock(Lock&& other) noexcept
            : mutex_(std::exchange(other.mutex_, nullptr)), key_(std::move(other.key_)) {}
        Lock& operator=(Lock&&) = delete;
        ~Lock() {
            if (mutex_ != nullptr) {
                mutex_->pass_on(key_);
            }
        }

      private:
        KeyedMutex* mutex_;
        Key key_;
    };

    explicit KeyedMutex(std::size_t waiters_max) : waiters_max_(waiters_max) {}

    // Held until the lock goes.
    Task<Lock> lock(Key key) {
        Queue& queue = queues_[key];
        if (queue.size() > waiters_max_) {
            throw Failure{Kind::unavailable, "server.overloaded",
                          "Too much is waiting for the same thing."}
                .retry_in(std::chrono::seconds{1});
        }
        auto mine = std::make_shared<Signal>();
        const bool is_first = queue.empty();
        queue.push_back(mine);
        if (!is_first) {
            Waiting waiting{*this, key, mine};
            co_await mine->wait();
            waiting.signal.reset();
        }
        co_return Lock{*this, key};
    }

  private:
    // Leaves the queue when the wait ends by cancellation.
    struct Waiting {
        KeyedMutex& mutex;
        const Key& key;
        std::shared_ptr<Signal> signal;

        ~Waiting() {
            if (signal) {
                mutex.leave(key, signal);
            }
        }
    };

    void leave(const Key& key, const std::shared_ptr<Signal>& signal) {
        Queue& queue = queues_.at(key);
        if (queue.front() == signal) {
            pass_on(key);
            return;
        }
        std::erase(queue, signal);
    }

    void pass_on(const Key& key) {
        const auto at = queues_.find(key);
        at->second.pop_front();
        if (at->second.empty()) {
            queues_.erase(at);
        } else {
            at->second.front()->set();
        }
    }

    std::size_t waiters_max_;
    std::unordered_map<Key, Queue> queues_;
};

}  // namespace loquat::aio
