#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "aio/signal.hpp"

namespace loquat::aio {

// Opens once, for any number of waiters on one loop.
class Latch {
  public:
    bool is_open() const { return is_open_; }

    void open() {
        is_open_ = true;
        for (const auto& waiter : std::exchange(waiting_, {})) {
            waiter->set();
        }
    }

    // False when `deadline` came first.
    Task<bool> wait_until(Steady deadline) {
        if (is_open_) {
            co_return true;
        }
        auto mine = std::make_shared<Signal>();
        waiting_.push_back(mine);
        const Place place{*this, mine};
        co_await mine->wait_until(deadline);
        co_return is_open_;
    }

  private:
    // Leaves also when the wait is cancelled.
    struct Place {
        Latch& latch;
        const std::shared_ptr<Signal>& signal;
        ~Place() { std::erase(latch.waiting_, signal); }
    };

    bool is_open_ = false;
    std::vector<std::shared_ptr<Signal>> waiting_;
};

}  // namespace loquat::aio
