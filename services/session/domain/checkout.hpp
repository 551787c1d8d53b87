#pragma once
#include <optional>

#include "wire/describe.hpp"

// How a checkout goes on: a table, without anything that it is done with.
namespace loquat::session {

// Where a checkout is.  It is durable before what comes next is begun, so that whoever finds it
// after a crash begins that again; everything that is done is done once, whoever does it how often.
enum class CheckoutState {
    begun,     // next: hold the cart
    held,      // next: reserve the stock
    reserved,  // next: pay
    paid,      // there is an order; next: take the stock, settle the cart
    refusing,  // next: give back stock and cart
    done,
    refused,
};
BOOST_DESCRIBE_ENUM(CheckoutState, begun, held, reserved, paid, refusing, done, refused)

enum class CheckoutEvent {
    cart_held,
    stock_reserved,
    payment_taken,
    order_settled,
    turned_down,  // the cart, the stock or the payment said no
    given_back,
};
BOOST_DESCRIBE_ENUM(CheckoutEvent, cart_held, stock_reserved, payment_taken, order_settled,
                    turned_down, given_back)

// None: that cannot happen there.
std::optional<CheckoutState> after(CheckoutState state, CheckoutEvent event);

constexpr bool is_over(CheckoutState state) {
    return state == CheckoutState::done || state == CheckoutState::refused;
}
// From then on there is an order, and nothing turns it down any more.
constexpr bool has_order(CheckoutState state) {
    return state == CheckoutState::paid || state == CheckoutState::done;
}

}  // namespace loquat::session
