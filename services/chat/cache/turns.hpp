#pragma once
#include <deque>
#include <memory>
#include <unordered_map>
#include <utility>

#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "base/failure.hpp"

namespace loquat::chat {

// One holder of each key at a time, first come, first served: a change that reads, decides and
// writes holds its conversation's turn throughout.  At most `waiters_max` wait for one key; more
// fail with `server.overloaded` (503).  A cancelled waiter leaves the queue.  One loop.
template <class Key>
class Turns {
    using Queue = std::deque<std::shared_ptr<aio::Signal>>;

  public:
    class Turn {
      public:
        Turn(Turns& turns, Key key) : turns_(&turns), key_(std::move(key)) {}
        Turn(Turn&& other) noexcept
            : turns_(std::exchange(other.turns_, nullptr)), key_(std::move(other.key_)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (turns_ != nullptr) {
                turns_->pass_on(key_);
            }
        }

      private:
        Turns* turns_;
        Key key_;
    };

    explicit Turns(std::size_t waiters_max) : waiters_max_(waiters_max) {}

    Task<Turn> take(Key key) {
        Queue& queue = queues_[key];
        if (queue.size() > waiters_max_) {
            throw Failure{Kind::unavailable, "server.overloaded",
                          "Too much is waiting for this conversation."}
                .retry_in(std::chrono::seconds{1});
        }
        auto mine = std::make_shared<aio::Signal>();
        const bool is_first = queue.empty();
        queue.push_back(mine);
        if (!is_first) {
            Waiting waiting{*this, key, mine};
            co_await mine->wait();
            waiting.signal.reset();
        }
        co_return Turn{*this, key};
    }

  private:
    // Leaves the queue when the wait ends by cancellation.
    struct Waiting {
        Turns& turns;
        const Key& key;
        std::shared_ptr<aio::Signal> signal;

        ~Waiting() {
            if (signal) {
                turns.leave(key, signal);
            }
        }
    };

    void leave(const Key& key, const std::shared_ptr<aio::Signal>& signal) {
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

// Lets everything else that is ready on this loop run first.
inline Task<void> yield() {
    auto turn = std::make_shared<aio::Signal>();
    aio::Loop::current().defer([turn] { turn->set(); });
    co_await turn->wait();
}

}  // namespace loquat::chat
