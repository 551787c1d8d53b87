#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "aio/task.hpp"

namespace loquat::store {

// Shared by all who receive it.
using Payload = std::shared_ptr<const std::string>;

enum class Notice {
    message,
    lost,  // something may have been missed: catch up from the store; the payload is null
};

// Whose publications are heard.
enum class Reach {
    everybody,
    this_process,  // the server is away, or somebody else's way to it
};

using OnNotice = std::move_only_function<void(Notice, const Payload&)>;

// Ends its subscription when destroyed; on the loop that subscribed, also inside its own callback.
class Subscription {
  public:
    class Entry {
      public:
        virtual ~Entry() = default;
        virtual void end() = 0;
    };

    Subscription() = default;
    explicit Subscription(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}
    Subscription(Subscription&& other) noexcept : entry_(std::move(other.entry_)) {}
    Subscription& operator=(Subscription&& other) noexcept {
        if (this != &other) {
            end();
            entry_ = std::move(other.entry_);
        }
        return *this;
    }
    ~Subscription() { end(); }

    void end() {
        if (auto entry = std::exchange(entry_, nullptr)) {
            entry->end();
        }
    }
    explicit operator bool() const { return entry_ != nullptr; }

  private:
    std::shared_ptr<Entry> entry_;
};

// Tells all who listen to a topic, at most once, in the order of publishing of each publisher.  A
// fast path, not a store: whoever must not miss anything compares sequence numbers and reads the
// store on `lost`.
class Broadcast {
  public:
    virtual ~Broadcast() = default;

    // On a loop.  `on_notice` runs on that loop, never inside `subscribe` or `publish`.  What is
    // published after `subscribe` returned is seen, or else announced by `lost`.
    virtual Subscription subscribe(std::string topic, OnNotice on_notice) = 0;

    // On a loop.  Until the server has taken what this loop has subscribed to so far; a second at
    // most, and not at all while the server is away.  What may have been missed before is announced
    // by then: who reads the store only afterwards may leave that unread.
    virtual Task<void> settle() { co_return; }

    // Any thread; never blocks on a receiver, never fails.  Heard before whatever the same thread
    // posts to a loop that listens after it.
    virtual void publish(std::string_view topic, Payload payload) = 0;
    // Any thread.  Whether what other processes publish arrives; while it may not, whoever shows
    // what is in the store asks the store again and again.
    virtual Reach reach() const { return Reach::everybody; }
    void publish(std::string_view topic, std::string payload) {
        publish(topic, std::make_shared<const std::string>(std::move(payload)));
    }
};

}  // namespace loquat::store
