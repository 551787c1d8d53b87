#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace loquat::store {

// Lets readers in, any number at the same time, until somebody needs a moment without any.  Any
// thread.
class ReadGate {
  public:
    // Waits while the gate is closed.
    void enter() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return !closed_; });
        ++inside_;
    }

    void leave() {
        bool is_last = false;
        {
            const std::lock_guard lock{mutex_};
            is_last = --inside_ == 0 && closed_;
        }
        if (is_last) {
            changed_.notify_all();
        }
    }

    // Nobody enters any more.  True when everybody has left within `wait_max`; either way the gate
    // stays closed until `open`.
    bool close(std::chrono::milliseconds wait_max) {
        std::unique_lock lock{mutex_};
        closed_ = true;
        return changed_.wait_for(lock, wait_max, [this] { return inside_ == 0; });
    }

    void open() {
        {
            const std::lock_guard lock{mutex_};
            closed_ = false;
        }
        changed_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t inside_ = 0;
    bool closed_ = false;
};

}  // namespace loquat::store
