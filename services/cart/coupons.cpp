#include "services/cart/coupons.hpp"

#include "base/text.hpp"

namespace loquat::cart {
namespace {

contracts::Coupon to_coupon(const CouponState& coupon) {
    return {.code = coupon.code,
            .percent = coupon.percent,
            .amount = coupon.amount,
            .currency = coupon.currency,
            .min_total = coupon.min_total,
            .starts_at = coupon.starts_at,
            .ends_at = coupon.ends_at,
            .max_uses = coupon.max_uses,
            .uses = coupon.uses,
            .created_at = coupon.created_at};
}

void check(const contracts::NewCoupon& wanted) {
    if (wanted.percent.has_value() == wanted.amount.has_value()) {
        throw invalid_field("percent", "one_of", "or amount is wanted, and one of them alone");
    }
    if (wanted.starts_at && wanted.ends_at && *wanted.ends_at <= *wanted.starts_at) {
        throw invalid_field("ends_at", "before_start", "must be after starts_at");
    }
    if (trim(wanted.code).empty() || wanted.code.find_first_of("/ \t") != std::string::npos) {
        throw invalid_field("code", "characters", "must have no spaces and no slash");
    }
}

}  // namespace

Task<contracts::Coupon> Coupons::create_coupon(contracts::Caller caller,
                                               contracts::NewCoupon request) {
    caller.require_admin();
    check(request);
    const auto currency = Currency::parse(request.currency.value_or(settings_.currency));
    if (!currency) {
        throw invalid_field("currency", "currency", "must be a currency of ISO 4217");
    }
    CouponState coupon{.code = request.code,
                       .folded = fold_code(request.code),
                       .percent = request.percent,
                       .amount = request.amount,
                       .currency = std::string{currency->code()},
                       .min_total = request.min_total,
                       .starts_at = request.starts_at,
                       .ends_at = request.ends_at,
                       .max_uses = request.max_uses,
                       .created_at = clock_.now()};
    const contracts::Coupon made = to_coupon(coupon);
    const bool is_added = co_await store_.add_coupon(std::move(coupon));
    if (!is_added) {
        throw Failure{Kind::conflict, "coupon.taken", "There is a coupon of this code."};
    }
    co_return made;
}

Task<contracts::Page<contracts::Coupon>> Coupons::list_coupons(contracts::Caller caller,
                                                               contracts::ListCoupons request) {
    caller.require_admin();
    const auto limit = static_cast<std::size_t>(request.limit);
    auto coupons = co_await store_.list_coupons(request.cursor.value_or(""), limit + 1);
    contracts::Page<contracts::Coupon> page;
    if (coupons.size() > limit) {
        coupons.pop_back();
        page.next_cursor = coupons.back().folded;
    }
    for (const CouponState& coupon : coupons) {
        page.items.push_back(to_coupon(coupon));
    }
    co_return page;
}

Task<void> Coupons::delete_coupon(contracts::Caller caller, contracts::CouponRef request) {
    caller.require_admin();
    std::string folded = fold_code(request.code);
    const bool was_there = co_await store_.remove_coupon(std::move(folded));
    if (!was_there) {
        throw Failure{Kind::not_found, "coupon.not_found", "There is no such coupon."};
    }
}

}  // namespace loquat::cart
