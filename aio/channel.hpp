#pragma once
#include <deque>
#include <optional>
#include <utility>

#include "aio/signal.hpp"

namespace loquat::aio {

// A bounded queue on one loop: any number of producers, one consumer.  What was pushed before
// `close` is still popped.
template <class T>
class Channel {
  public:
    explicit Channel(std::size_t items_max) : items_max_(items_max) {}

    // False when full or closed: the caller decides what to do, nothing waits.
    [[nodiscard]] bool try_push(T item) {
        if (closed_ || items_.size() >= items_max_) {
            return false;
        }
        items_.push_back(std::move(item));
        filled_.set();
        return true;
    }

    // Waits for room; one waiting producer at a time.  False when closed.
    Task<bool> push(T item) {
        while (!closed_ && items_.size() >= items_max_) {
            co_await drained_.wait();
        }
        co_return try_push(std::move(item));
    }

    // None once closed and empty.
    Task<std::optional<T>> pop() {
        while (items_.empty()) {
            if (closed_) {
                co_return std::nullopt;
            }
            co_await filled_.wait();
        }
        std::optional<T> item{std::move(items_.front())};
        items_.pop_front();
        drained_.set();
        co_return item;
    }

    void close() {
        closed_ = true;
        filled_.set();
        drained_.set();
    }
    bool is_closed() const { return closed_; }
    std::size_t size() const { return items_.size(); }

  private:
    std::size_t items_max_;
    std::deque<T> items_;
    bool closed_ = false;
    Signal filled_;
    Signal drained_;
};

}  // namespace loquat::aio
