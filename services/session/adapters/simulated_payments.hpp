#pragma once
#include "aio/loop.hpp"
#include "services/session/ports.hpp"

namespace loquat::session {

// Takes no money: does what the token says.  `ok` or none: taken; `declined`; `error`: not
// available; `slow:MS`: taken after up to 30,000 ms.  Method `simulated` alone, and no other token:
// 422 `request.invalid`.
class SimulatedPayments final : public Payments {
  public:
    explicit SimulatedPayments(aio::Loop& loop) : loop_(loop) {}

    void check(const contracts::Payment& payment) const override;
    Task<void> charge(Charge wanted) override;

  private:
    aio::Loop& loop_;
};

}  // namespace loquat::session
