#pragma once
#include "base/clock.hpp"
#include "services/session/ports.hpp"

namespace loquat::session {

// Brings checkouts to their end: step by step as domain/checkout.hpp has it, each durable before
// the next.  Whoever runs one, an instance that begins it or one that finds it after a crash, does
// the same; two that run the same one at once do no harm.
class Checkouts {
  public:
    struct Options {
        std::chrono::seconds reservation{600};
        std::chrono::seconds session_life{30 * 86'400};
    };
    struct Parts {
        SessionStore& store;
        ShopFloor& floor;
        Payments& payments;
        const Clock& clock;
    };

    // All references outlive this.
    Checkouts(Parts parts, Options options) : parts_(parts), options_(options) {}

    // The order, 201, or what a refused payment is answered with, 402.  Throws what else turned the
    // checkout down, once everything is given back.  When it is not known whether the payment was
    // taken, it throws that and the checkout stays as it is, for `resume`.
    Task<contracts::CheckoutReply> run(contracts::Caller caller, CheckoutRow checkout);

    // Those that nobody has moved on since `before`.
    Task<void> resume(Time before);

  private:
    // What one step found; without a failure it went well.
    struct Found {
        CheckoutStep step;
        std::optional<Failure> turned_down;
        bool is_stuck = false;  // it has to be tried again
    };

    Task<Found> take_step(contracts::Caller caller, CheckoutRow checkout);
    Task<void> hold(contracts::Caller caller, const CheckoutRow& checkout, CheckoutStep& step);
    Task<void> reserve(contracts::Caller caller, const CheckoutRow& checkout);
    Task<void> pay(const CheckoutRow& checkout, CheckoutStep& step);
    Task<void> settle(contracts::Caller caller, const CheckoutRow& checkout);
    Task<void> give_back(contracts::Caller caller, const CheckoutRow& checkout);
    Task<contracts::CheckoutReply> answer_of(CheckoutRow checkout);

    Parts parts_;
    Options options_;
};

}  // namespace loquat::session
