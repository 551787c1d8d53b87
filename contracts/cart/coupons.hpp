#pragma once
#include "contracts/core/operation.hpp"
#include "contracts/shop/shopping.hpp"

// What an administrator gives away.  Failures: coupon.taken, coupon.not_found, request.invalid.
namespace loquat::contracts {

struct NewCoupon {
    std::string code;
    std::optional<std::int64_t> percent;
    std::optional<std::int64_t> amount;
    std::optional<std::string> currency;
    std::optional<std::int64_t> min_total;
    std::optional<Time> starts_at;
    std::optional<Time> ends_at;
    std::optional<std::int64_t> max_uses;

    static constexpr std::array fields{
        wire::Field{"code", 1, 64, "As it is typed; capital and small letters are the same."},
        wire::Field{"percent", 1, 100, "Off each line; this or `amount`."},
        wire::Field{"amount", 1, 1'000'000'000'000, "Off the cart, in minor units."},
        wire::Field{"currency", 3, 3, "Of `amount` and `min_total`; absent: the shop's."},
        wire::Field{"min_total", 0, 1'000'000'000'000, "Of the subtotal, in minor units."},
        wire::Field{.name = "ends_at", .doc = "Not from then on."},
        wire::Field{"max_uses", 1, 1'000'000'000, "Counted when paid."}};
};
BOOST_DESCRIBE_STRUCT(NewCoupon, (),
                      (code, percent, amount, currency, min_total, starts_at, ends_at, max_uses))

struct Coupon {
    std::string code;
    std::optional<std::int64_t> percent;
    std::optional<std::int64_t> amount;
    std::string currency;
    std::optional<std::int64_t> min_total;
    std::optional<Time> starts_at;
    std::optional<Time> ends_at;
    std::optional<std::int64_t> max_uses;
    std::int64_t uses = 0;
    Time created_at;

    static constexpr std::array<std::string_view, 6> nulls{"percent",   "amount",  "min_total",
                                                           "starts_at", "ends_at", "max_uses"};
};
BOOST_DESCRIBE_STRUCT(Coupon, (),
                      (code, percent, amount, currency, min_total, starts_at, ends_at, max_uses,
                       uses, created_at))

struct CouponRef {
    std::string code;

    static constexpr std::array fields{wire::Field{"code", 1, 64, ""}};
};
BOOST_DESCRIBE_STRUCT(CouponRef, (), (code))

struct ListCoupons {
    std::int32_t limit = 50;
    std::optional<std::string> cursor;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"limit", 1, 200, ""}, cursor_field};
};
BOOST_DESCRIBE_STRUCT(ListCoupons, (), (limit, cursor))

class CouponsApi {
  public:
    virtual ~CouponsApi() = default;

    virtual Task<Coupon> create_coupon(Caller caller, NewCoupon request) = 0;
    // By code.
    virtual Task<Page<Coupon>> list_coupons(Caller caller, ListCoupons request) = 0;
    virtual Task<void> delete_coupon(Caller caller, CouponRef request) = 0;
};

template <>
struct Table<CouponsApi> {
    static constexpr std::string_view service = "cart";
    static constexpr std::tuple routes{
        Route<&CouponsApi::create_coupon>{{.method = "POST",
                                           .path = "/coupons",
                                           .summary = "Make a coupon",
                                           .access = Access::admin,
                                           .status = 201}},
        Route<&CouponsApi::list_coupons>{{.method = "GET",
                                          .path = "/coupons",
                                          .summary = "All coupons",
                                          .access = Access::admin}},
        Route<&CouponsApi::delete_coupon>{{.method = "DELETE",
                                           .path = "/coupons/{code}",
                                           .summary = "Nobody can use it any more",
                                           .access = Access::admin}},
    };
};

std::vector<Operation> coupons_operations();

}  // namespace loquat::contracts
