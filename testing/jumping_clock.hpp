#pragma once
#include "base/clock.hpp"

namespace loquat::test {

// A clock whose wall time somebody sets, while the steady one goes on as it did.
class JumpingClock final : public Clock {
  public:
    Time now() const override { return inner_.now() + ahead_; }
    Steady steady() const override { return inner_.steady(); }
    // Both go on.
    void advance(std::chrono::milliseconds by) { inner_.advance(by); }
    // The wall clock alone, forward or back.
    void jump(std::chrono::milliseconds by) { ahead_ += by; }

  private:
    FakeClock inner_;
    std::chrono::milliseconds ahead_{0};
};

}  // namespace loquat::test
