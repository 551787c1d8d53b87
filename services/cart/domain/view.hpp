#pragma once
#include "services/cart/domain/coupon.hpp"

namespace loquat::cart {

// What a cart is shown by.
struct Prices {
    Offers offers;
    std::optional<CouponState> coupon;  // that the cart names, where there is one
    Tax tax = Tax::included;
    Time now;
};

// At today's prices; what is not sold any more at the last known ones.
std::int64_t subtotal_of(const CartState& cart, const Offers& offers);

contracts::Cart view_of(const CartState& cart, const Prices& prices);

}  // namespace loquat::cart
