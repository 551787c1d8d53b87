#include "services/cart/domain/coupon.hpp"

#include "base/text.hpp"
#include "wire/codec.hpp"

namespace loquat::cart {
namespace {

std::string_view words_of(CouponFault fault) {
    switch (fault) {
        case CouponFault::unknown:
            return "There is no such coupon for this cart.";
        case CouponFault::expired:
            return "This coupon has run out of time.";
        case CouponFault::used_up:
            return "This coupon has been used up.";
        case CouponFault::min_total:
            return "The cart is not worth enough for this coupon.";
    }
    return {};
}

}  // namespace

std::string fold_code(std::string_view code) { return to_lower_ascii(trim(code)); }

std::optional<CouponFault> fault_of(const std::optional<CouponState>& coupon, const CartState& cart,
                                    std::int64_t subtotal, Time now) {
    const bool is_of_money = coupon && (coupon->amount || coupon->min_total);
    if (!coupon || (coupon->starts_at && now < *coupon->starts_at) ||
        (is_of_money && coupon->currency != cart.currency.code())) {
        return CouponFault::unknown;
    }
    if (coupon->ends_at && now >= *coupon->ends_at) {
        return CouponFault::expired;
    }
    // A cart that is held has a use of its own among them.
    if (coupon->max_uses && cart.status != CartStatus::held && coupon->uses >= *coupon->max_uses) {
        return CouponFault::used_up;
    }
    if (coupon->min_total && subtotal < *coupon->min_total) {
        return CouponFault::min_total;
    }
    return std::nullopt;
}

Discount discount_of(const CouponState& coupon) {
    if (coupon.percent) {
        return PercentOff{*coupon.percent};
    }
    return AmountOff{coupon.amount.value_or(0)};
}

Failure coupon_invalid(Kind kind, CouponFault fault) {
    Failure failure{kind, "coupon.invalid", std::string{words_of(fault)}};
    failure.extra.emplace_back("reason", wire::enum_name(fault));
    return failure;
}

}  // namespace loquat::cart
