#pragma once
#include "base/clock.hpp"
#include "contracts/shop/settings.hpp"
#include "services/cart/ports.hpp"

namespace loquat::cart {

// What administrators do with coupons.
class Coupons final : public contracts::CouponsApi {
  public:
    Coupons(CartStore& store, const Clock& clock, contracts::ShopSettings settings)
        : store_(store), clock_(clock), settings_(std::move(settings)) {}

    // 409 coupon.taken; 422 where it has not exactly one of percent and amount, or ends before it
    // begins.
    Task<contracts::Coupon> create_coupon(contracts::Caller caller,
                                          contracts::NewCoupon request) override;
    Task<contracts::Page<contracts::Coupon>> list_coupons(contracts::Caller caller,
                                                          contracts::ListCoupons request) override;
    // 404 coupon.not_found.
    Task<void> delete_coupon(contracts::Caller caller, contracts::CouponRef request) override;

  private:
    CartStore& store_;
    const Clock& clock_;
    contracts::ShopSettings settings_;
};

}  // namespace loquat::cart
