#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace loquat::aio {

class Loop;
class TimerWheel;

// A node of the loop's timer wheel, meant as a base: 40 bytes, no allocation.  Resolution is 4 ms,
// rounded up; a timer never fires early.  Destroying or restarting one cancels it.  Loop thread
// only.
class TimerNode {
  public:
    TimerNode() = default;
    TimerNode(const TimerNode&) = delete;
    TimerNode& operator=(const TimerNode&) = delete;
    virtual ~TimerNode() { stop(); }

    void start(Loop& loop, std::chrono::milliseconds after);
    void stop();
    bool is_running() const { return wheel_ != nullptr; }

  protected:
    virtual void on_timer() = 0;

  private:
    friend class TimerWheel;
    TimerWheel* wheel_ = nullptr;
    TimerNode* next_ = nullptr;
    TimerNode** link_ = nullptr;  // what points at this node
    std::uint64_t due_tick_ = 0;
};

// A timer that calls a function.
class Timer final : public TimerNode {
  public:
    explicit Timer(std::move_only_function<void()> call) : call_(std::move(call)) {}

  private:
    void on_timer() override { call_(); }
    std::move_only_function<void()> call_;
};

}  // namespace loquat::aio
