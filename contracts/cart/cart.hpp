#pragma once
#include <map>

#include "contracts/core/operation.hpp"
#include "contracts/product/product.hpp"
#include "contracts/shop/shopping.hpp"
#include "wire/codec.hpp"

// The cart of a shopping session.  Failures: session.not_found, session.not_active (with
// `session_status`), checkout.in_progress, cart.version_moved, cart.line_not_found,
// cart.line_ambiguous, cart.limit, product.not_found, product.variant_not_found,
// product.variant_needed (with `choices`), product.out_of_stock (with `available`),
// product.currency_mismatch, coupon.invalid (with `reason`), request.key_reused,
// request.in_progress, request.invalid.
namespace loquat::contracts {

inline constexpr std::int64_t cart_quantity_max = 999;
inline constexpr std::size_t cart_lines_max = 500;

struct CartLine {
    LineId line_id;
    ProductId product_id;
    std::optional<VariantId> variant_id;
    std::string sku;
    std::string name;
    std::optional<std::string> image;
    std::map<std::string, std::string> options;
    std::int64_t quantity = 0;
    Price unit_price;
    Price subtotal;
    Price discount;
    Price tax;
    Price total;
    std::int64_t available = 0;

    static constexpr std::array<std::string_view, 2> nulls{"variant_id", "image"};
    static constexpr std::array fields{
        wire::Field{.name = "unit_price", .doc = "Today's."},
        wire::Field{.name = "available", .doc = "How many may be bought now."}};
};
BOOST_DESCRIBE_STRUCT(CartLine, (),
                      (line_id, product_id, variant_id, sku, name, image, options, quantity,
                       unit_price, subtotal, discount, tax, total, available))

struct Totals {
    Price subtotal;
    Price discount;
    Price tax;
    Price total;
};
BOOST_DESCRIBE_STRUCT(Totals, (), (subtotal, discount, tax, total))

enum class NoticeKind { price_changed, out_of_stock, unavailable };
BOOST_DESCRIBE_ENUM(NoticeKind, price_changed, out_of_stock, unavailable)

// What is other than when the line was last changed.
struct CartNotice {
    NoticeKind kind = NoticeKind::price_changed;
    LineId line_id;
    std::optional<wire::Value> old;  // a price, or a number of pieces
    std::optional<wire::Value> new_;
    std::string text;

    static constexpr std::array<std::string_view, 2> nulls{"old", "new"};
};
BOOST_DESCRIBE_STRUCT(CartNotice, (), (kind, line_id, old, new_, text))

struct Cart {
    ShopSessionId session_id;
    std::int64_t version = 0;
    std::vector<CartLine> lines;
    Totals totals;
    std::optional<std::string> coupon;
    std::vector<CartNotice> notices;
    Time updated_at;

    static constexpr std::array<std::string_view, 1> nulls{"coupon"};
    static constexpr std::array fields{
        wire::Field{.name = "version", .doc = "Counts real changes; for expected_version."}};
};
BOOST_DESCRIBE_STRUCT(Cart, (), (session_id, version, lines, totals, coupon, notices, updated_at))

inline constexpr wire::Field session_ref_field{"session_id", 1, 64, "ID, or session:ID."};
inline constexpr wire::Field product_ref_field{
    "product_id", 1, 72, "An id, EAN or SKU, also of a variant; or product:ID."};
inline constexpr wire::Field expected_version_field{
    "expected_version", 0, std::numeric_limits<std::int64_t>::max(),
    "Only if the cart has this version; as If-Match."};

struct CartRef {
    std::string session_id;

    static constexpr std::array fields{session_ref_field};
};
BOOST_DESCRIBE_STRUCT(CartRef, (), (session_id))

struct AddToCart {
    std::string session_id;
    std::string product_id;
    std::optional<std::string> variant_id;
    std::int64_t quantity = 1;
    std::optional<std::int64_t> expected_version;

    static constexpr std::array<std::string_view, 1> defaulted{"quantity"};
    static constexpr std::array fields{
        session_ref_field, product_ref_field, wire::Field{"variant_id", 1, 64, "Of that product."},
        wire::Field{"quantity", 1, cart_quantity_max, ""}, expected_version_field};
};
BOOST_DESCRIBE_STRUCT(AddToCart, (),
                      (session_id, product_id, variant_id, quantity, expected_version))

// The line by its id, or by what it is of.
struct RemoveFromCart {
    std::string session_id;
    std::optional<std::string> line_id;
    std::optional<std::string> product_id;
    std::optional<std::string> variant_id;
    std::optional<std::int64_t> quantity;
    std::optional<std::int64_t> expected_version;

    static constexpr std::array fields{
        session_ref_field,
        product_ref_field,
        wire::Field{"line_id", 1, 64, "Of the cart."},
        wire::Field{"variant_id", 1, 64, "Of that product."},
        wire::Field{"quantity", 1, cart_quantity_max, "Absent: all of them."},
        expected_version_field};
};
BOOST_DESCRIBE_STRUCT(RemoveFromCart, (),
                      (session_id, line_id, product_id, variant_id, quantity, expected_version))

struct UpdateCart {
    std::string session_id;
    std::optional<std::string> line_id;
    std::optional<std::string> product_id;
    std::optional<std::string> variant_id;
    std::int64_t quantity = 0;
    std::optional<std::int64_t> expected_version;

    static constexpr std::array fields{
        session_ref_field,
        product_ref_field,
        wire::Field{"line_id", 1, 64, "Of the cart."},
        wire::Field{"variant_id", 1, 64, "Of that product."},
        wire::Field{"quantity", 0, cart_quantity_max, "That many from now on; 0 removes."},
        expected_version_field};
};
BOOST_DESCRIBE_STRUCT(UpdateCart, (),
                      (session_id, line_id, product_id, variant_id, quantity, expected_version))

struct ClearCart {
    std::string session_id;
    std::optional<std::int64_t> expected_version;

    static constexpr std::array fields{session_ref_field, expected_version_field};
};
BOOST_DESCRIBE_STRUCT(ClearCart, (), (session_id, expected_version))

struct PutCoupon {
    std::string session_id;
    std::optional<std::string> code;
    std::optional<std::int64_t> expected_version;

    static constexpr std::array fields{session_ref_field,
                                       wire::Field{"code", 1, 64, "Null takes it off."},
                                       expected_version_field};
};
BOOST_DESCRIBE_STRUCT(PutCoupon, (), (session_id, code, expected_version))

// Written already, so that the same request gets the same bytes again.
using CartReply = Reply<wire::Encoded<Cart>>;

class CartApi {
  public:
    virtual ~CartApi() = default;

    virtual Task<CartReply> get_cart(Caller caller, CartRef request) = 0;
    virtual Task<CartReply> add_to_cart(Caller caller, AddToCart request) = 0;
    virtual Task<CartReply> remove_from_cart(Caller caller, RemoveFromCart request) = 0;
    virtual Task<CartReply> update_cart(Caller caller, UpdateCart request) = 0;
    virtual Task<CartReply> clear_cart(Caller caller, ClearCart request) = 0;
    virtual Task<CartReply> put_coupon(Caller caller, PutCoupon request) = 0;
};

template <>
struct Table<CartApi> {
    static constexpr std::string_view service = "cart";
    static constexpr std::tuple routes{
        Route<&CartApi::get_cart>{{.method = "GET",
                                   .path = "/cart",
                                   .summary = "The cart of a shopping session",
                                   .access = Access::guest,
                                   .limit = LimitClass::shop}},
        Route<&CartApi::add_to_cart>{{.method = "POST",
                                      .path = "/cart/add",
                                      .summary = "Put something into the cart",
                                      .access = Access::guest,
                                      .limit = LimitClass::shop,
                                      .takes_idempotency_key = true}},
        Route<&CartApi::remove_from_cart>{{.method = "POST",
                                           .path = "/cart/remove",
                                           .summary = "Take something out of the cart",
                                           .access = Access::guest,
                                           .limit = LimitClass::shop,
                                           .takes_idempotency_key = true}},
        Route<&CartApi::update_cart>{{.method = "PUT",
                                      .path = "/cart/update",
                                      .summary = "Set how many of something are in the cart",
                                      .access = Access::guest,
                                      .limit = LimitClass::shop,
                                      .takes_idempotency_key = true}},
        Route<&CartApi::clear_cart>{{.method = "POST",
                                     .path = "/cart/clear",
                                     .summary = "Empty the cart",
                                     .access = Access::guest,
                                     .limit = LimitClass::shop,
                                     .takes_idempotency_key = true}},
        Route<&CartApi::put_coupon>{{.method = "PUT",
                                     .path = "/cart/coupon",
                                     .summary = "Use a coupon, or none",
                                     .access = Access::guest,
                                     .limit = LimitClass::shop,
                                     .takes_idempotency_key = true}},
    };
};

std::vector<Operation> cart_operations();

}  // namespace loquat::contracts
