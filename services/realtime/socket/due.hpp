#pragma once
#include <array>
#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace loquat::realtime {

class DueWheel;

// Something that wants to be called at a time: an intrusive node of 40 bytes.
class Due {
  public:
    Due() = default;
    Due(const Due&) = delete;
    Due& operator=(const Due&) = delete;

  protected:
    virtual ~Due() { cancel(); }
    // `now` is at or after the time asked for.
    virtual void on_due(Steady now) = 0;
    void cancel();

  private:
    friend class DueWheel;
    Due* next_ = nullptr;
    Due** link_ = nullptr;  // what points at this node; null when not waiting
    Steady at_;
};

// A coarse timing wheel over a clock that is passed in: 256 slots of 250 ms.  Whoever owns it calls
// `advance` a few times a second.
class DueWheel {
  public:
    static constexpr std::chrono::milliseconds slot_time{250};

    explicit DueWheel(Steady now) : origin_(now) {}
    ~DueWheel();
    DueWheel(const DueWheel&) = delete;
    DueWheel& operator=(const DueWheel&) = delete;

    // Moves `due` when it is waiting already.  It may be called up to `slot_time` late, never
    // early.
    void add(Due& due, Steady at);
    void advance(Steady now);

  private:
    static constexpr std::size_t slots_count = 256;
    std::uint64_t slot_of(Steady at) const;

    Steady origin_;
    std::uint64_t done_ = 0;  // slots before this one have been run
    std::array<Due*, slots_count> slots_{};
};

}  // namespace loquat::realtime
