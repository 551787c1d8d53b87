#include "services/session/checkouts.hpp"

#include "base/log.hpp"
#include "runtime/front/problem.hpp"
#include "services/session/domain/order.hpp"
#include "wire/codec.hpp"

namespace loquat::session {
namespace {

using contracts::Caller;
using contracts::CheckoutReply;

constexpr int steps_max = 16;
constexpr std::size_t resumed_max = 100;

CheckoutReply to_declined(std::string problem) {
    return {.body = {std::move(problem)},
            .status = http_status(Kind::unpaid),
            .headers = {{"Content-Type", "application/problem+json"}}};
}

Failure failure_in(const std::string& problem) {
    const wire::Value read = wire::parse(problem);
    const wire::Value* status = read.find("status");
    const std::int64_t* number =
        status == nullptr ? nullptr : std::get_if<std::int64_t>(&status->any());
    return runtime::failure_of_answer(number == nullptr ? 503 : static_cast<int>(*number), problem);
}

// Whether the payment was certainly not taken.
bool is_certain(const Failure& failure) {
    return failure.code == "payment.declined" || failure.code == "payment.unavailable";
}

CheckoutEvent good_end(CheckoutState state) {
    switch (state) {
        case CheckoutState::begun:
            return CheckoutEvent::cart_held;
        case CheckoutState::held:
            return CheckoutEvent::stock_reserved;
        case CheckoutState::reserved:
            return CheckoutEvent::payment_taken;
        case CheckoutState::paid:
            return CheckoutEvent::order_settled;
        default:
            return CheckoutEvent::given_back;
    }
}

}  // namespace

Task<CheckoutReply> Checkouts::run(Caller caller, CheckoutRow checkout) {
    const CheckoutId id = checkout.id;
    std::optional<Failure> why;
    for (int i = 0; i < steps_max && !is_over(checkout.state); ++i) {
        Found found = co_await take_step(caller, checkout);
        if (found.is_stuck && (has_order(checkout.state) || why)) {
            break;  // what is decided is decided; the rest is done by `resume`
        }
        if (found.turned_down) {
            why = std::move(found.turned_down);
        }
        if (found.is_stuck) {
            throw *std::move(why);
        }
        // Another instance may have been faster; then this goes on where that one is.
        co_await parts_.store.advance(std::move(found.step));
        auto now = co_await parts_.store.find_checkout(id);
        if (!now) {
            throw Failure{Kind::internal, "store.unexpected_type", "A checkout is gone."};
        }
        checkout = *std::move(now);
    }
    if (why && why->kind != Kind::unpaid) {
        throw *std::move(why);
    }
    co_return co_await answer_of(std::move(checkout));
}

Task<Checkouts::Found> Checkouts::take_step(Caller caller, CheckoutRow checkout) {
    Found found{.step = {.id = checkout.id, .from = checkout.state, .at = parts_.clock.now()}};
    std::optional<Failure> failed;
    try {
        switch (checkout.state) {
            case CheckoutState::begun:
                co_await hold(caller, checkout, found.step);
                break;
            case CheckoutState::held:
                co_await reserve(caller, checkout);
                break;
            case CheckoutState::reserved:
                co_await pay(checkout, found.step);
                break;
            case CheckoutState::paid:
                co_await settle(caller, checkout);
                break;
            default:
                co_await give_back(caller, checkout);
        }
    } catch (const Failure& failure) {
        failed = failure;
    }
    const bool may_turn_down = after(checkout.state, CheckoutEvent::turned_down).has_value();
    const bool is_unknown =
        failed && checkout.state == CheckoutState::reserved && !is_certain(*failed);
    if (failed && (!may_turn_down || is_unknown)) {
        found.is_stuck = true;
        found.turned_down = std::move(failed);
        co_return found;
    }
    found.step.at = parts_.clock.now();
    const CheckoutEvent event = failed ? CheckoutEvent::turned_down : good_end(checkout.state);
    found.step.to = after(checkout.state, event).value();
    if (failed) {
        found.step.refusal = runtime::problem_body(*failed, caller.request_id);
        if (failed->kind == Kind::unpaid) {
            found.step.answer =
                store::KeptAnswer{.status = http_status(Kind::unpaid), .body = found.step.refusal};
        }
        found.turned_down = std::move(failed);
    }
    co_return found;
}

Task<void> Checkouts::hold(Caller caller, const CheckoutRow& checkout, CheckoutStep& step) {
    contracts::HoldCart request{.session_id = checkout.session.to_string(),
                                .checkout_id = checkout.id,
                                .expected_version = checkout.request.expected_version,
                                .price_changes = checkout.request.confirm_changes
                                                     ? contracts::Changes::accept
                                                     : contracts::Changes::refuse};
    const contracts::Cart cart =
        co_await parts_.floor.hold_cart(std::move(caller), std::move(request));
    step.cart = wire::encode(cart);
}

Task<void> Checkouts::reserve(Caller caller, const CheckoutRow& checkout) {
    const auto cart = wire::from_json<contracts::Cart>(checkout.cart);
    contracts::ReserveStock request{.reservation_id = {checkout.id.uuid},
                                    .seconds = options_.reservation};
    for (const contracts::CartLine& line : cart.lines) {
        request.lines.push_back({line.product_id, line.variant_id, line.quantity});
    }
    co_await parts_.floor.reserve_stock(std::move(caller), std::move(request));
}

Task<void> Checkouts::pay(const CheckoutRow& checkout, CheckoutStep& step) {
    const auto cart = wire::from_json<contracts::Cart>(checkout.cart);
    const contracts::Price& total = cart.totals.total;
    Charge wanted{.id = checkout.id,
                  .amount = {total.amount, Currency::parse(total.currency).value()},
                  .payment = checkout.request.payment};
    if (total.amount > 0) {
        co_await parts_.payments.charge(std::move(wanted));
    }
    const auto session = co_await parts_.store.find(checkout.session);
    if (!session) {
        throw Failure{Kind::internal, "store.unexpected_type", "A shopping session is gone."};
    }
    const Time now = parts_.clock.now();
    OrderRow order{order_of(cart, checkout.request.email, now), session->owner, checkout.id};
    step.next = SessionRow{.id = order.order.next_session_id,
                           .owner = session->owner,
                           .currency = session->currency,
                           .created_at = now,
                           .expires_at = now + options_.session_life,
                           .guest = session->guest};
    step.answer = store::KeptAnswer{.status = 201, .body = wire::encode(order.order)};
    step.order = std::move(order);
}

// The order stands, whatever comes now.
Task<void> Checkouts::settle(Caller caller, const CheckoutRow& checkout) {
    try {
        co_await parts_.floor.take_stock(caller, checkout.id);
    } catch (const Failure& failure) {
        if (failure.kind != Kind::conflict && failure.kind != Kind::not_found) {
            throw;
        }
        log_error({.service = "session", .request_id = caller.request_id},
                  "an order was paid whose stock is gone",
                  {{"checkout", checkout.id.to_string()}, {"code", failure.code}});
    }
    contracts::SettleCart request{.session_id = checkout.session.to_string(),
                                  .checkout_id = checkout.id,
                                  .end = contracts::CheckoutEnd::ordered};
    co_await parts_.floor.settle_cart(std::move(caller), std::move(request));
}

Task<void> Checkouts::give_back(Caller caller, const CheckoutRow& checkout) {
    // Before the cart was held nothing was reserved.
    if (!checkout.cart.empty()) {
        co_await parts_.floor.release_stock(caller, checkout.id);
    }
    contracts::SettleCart request{.session_id = checkout.session.to_string(),
                                  .checkout_id = checkout.id,
                                  .end = contracts::CheckoutEnd::refused};
    co_await parts_.floor.settle_cart(std::move(caller), std::move(request));
}

Task<CheckoutReply> Checkouts::answer_of(CheckoutRow checkout) {
    if (!has_order(checkout.state) && checkout.refusal.empty()) {
        throw Failure{Kind::unavailable, "server.overloaded",
                      "This checkout takes longer than usual. Ask again in a moment."};
    }
    if (!has_order(checkout.state)) {
        Failure failure = failure_in(checkout.refusal);
        if (failure.kind == Kind::unpaid) {
            co_return to_declined(std::move(checkout.refusal));
        }
        throw failure;
    }
    const auto session = co_await parts_.store.find(checkout.session);
    const auto order = co_await parts_.store.find_order(session->order.value());
    co_return CheckoutReply{.body = {wire::encode(order->order)}, .status = 201};
}

Task<void> Checkouts::resume(Time before) {
    const auto unfinished = co_await parts_.store.list_unfinished(before, resumed_max);
    for (const CheckoutRow& checkout : unfinished) {
        std::string problem;
        try {
            co_await run({}, checkout);
        } catch (const Failure& failure) {
            problem = failure.code;
        }
        log_info({.service = "session"}, "a checkout was taken up again",
                 {{"checkout", checkout.id.to_string()}, {"came_to", problem}});
    }
}

}  // namespace loquat::session
