#pragma once
#include <optional>
#include <string>

#include "services/cart/domain/cart_state.hpp"
#include "services/cart/domain/pricing.hpp"

namespace loquat::cart {

// A coupon as it is kept.
struct CouponState {
    std::string code;    // as people see it
    std::string folded;  // by which it is found
    std::optional<std::int64_t> percent;
    std::optional<std::int64_t> amount;
    std::string currency;
    std::optional<std::int64_t> min_total;
    std::optional<Time> starts_at;
    std::optional<Time> ends_at;
    std::optional<std::int64_t> max_uses;
    std::int64_t uses = 0;  // that were paid, and those that checkouts hold
    Time created_at;
};

enum class CouponFault { unknown, expired, used_up, min_total };
BOOST_DESCRIBE_ENUM(CouponFault, unknown, expired, used_up, min_total)

// Capital and small letters are the same.
std::string fold_code(std::string_view code);

// Why the coupon (none: there is no such) is worth nothing for a cart of that subtotal.
std::optional<CouponFault> fault_of(const std::optional<CouponState>& coupon, const CartState& cart,
                                    std::int64_t subtotal, Time now);

Discount discount_of(const CouponState& coupon);

// With `reason`: 422 where it is asked for, 409 where a checkout finds it.
Failure coupon_invalid(Kind kind, CouponFault fault);

}  // namespace loquat::cart
