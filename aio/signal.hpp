#pragma once
#include <memory>
#include <optional>

#include "aio/task.hpp"
#include "base/clock.hpp"

namespace loquat::aio {

class Loop;

// One event, at most one waiter, one loop.  `set` before `wait` is remembered; each wait consumes
// it. A cancelled wait throws operation_aborted; the signal stays usable.
class Signal {
  public:
    Signal();
    ~Signal();
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

    void set();
    bool is_set() const { return set_; }
    Task<void> wait();
    // False when `deadline` came first.
    Task<bool> wait_until(Steady deadline);

  private:
    struct Waiter;
    friend struct Waiter;
    bool set_ = false;
    std::shared_ptr<Waiter> waiter_;
};

}  // namespace loquat::aio
