#pragma once
#include "services/cart/domain/view.hpp"

namespace loquat::cart {

// Everything that keeps a cart from being bought, as codes.
contracts::CartVerdict judge(const CartState& cart, const Prices& prices);

// The first of it as a Failure: 422 cart.empty, 409 product.unavailable and product.out_of_stock
// (with `lines`), 409 product.price_changed (with `changes`) where a price rose and that is not
// accepted.  The coupon is the caller's to look at.
void check_buyable(const CartState& cart, const Offers& offers, contracts::Changes changes);

}  // namespace loquat::cart
