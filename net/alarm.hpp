#pragma once
#include "aio/timer.hpp"
#include "base/clock.hpp"

namespace loquat::net {

// The time to a few milliseconds, at a quarter of the price: for limits that are set with every
// request.
Steady coarse_now();

// A deadline that moves often and is reached seldom.  Moving it later touches only one field; the
// wheel is asked again when the old time comes.  Loop thread only.
class Alarm : aio::TimerNode {
  public:
    Alarm() = default;

    // Steady::max() switches it off.
    void set(aio::Loop& loop, Steady now, Steady due);
    void clear() { due_ = Steady::max(); }
    Steady due() const { return due_; }

  protected:
    ~Alarm() = default;
    // At `due` or up to 8 ms later.  The alarm is off then.
    virtual void on_alarm() = 0;

  private:
    void on_timer() final;

    aio::Loop* loop_ = nullptr;
    Steady due_ = Steady::max();
    Steady node_due_ = Steady::max();
};

}  // namespace loquat::net
