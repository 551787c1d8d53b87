#pragma once
#include "contracts/cart/cart.hpp"
#include "contracts/cart/carts.hpp"

// Shopping sessions, checkout and orders.  Failures: session.not_found, session.not_active (with
// `session_status`, `order_id`), session.currency_mismatch, checkout.in_progress,
// checkout.key_reused, cart.empty, cart.version_moved, product.out_of_stock and
// product.unavailable (with `lines`), product.price_changed (with `changes`), coupon.invalid,
// payment.declined (402), payment.unavailable (503), order.not_found, order.not_cancelable.
namespace loquat::contracts {

enum class ShopSessionStatus { active, checking_out, completed, merged, abandoned, expired };
BOOST_DESCRIBE_ENUM(ShopSessionStatus, active, checking_out, completed, merged, abandoned, expired)

struct CreateShopSession {
    std::optional<std::string> currency;

    static constexpr std::array fields{
        wire::Field{"currency", 3, 3, "Of ISO 4217; absent: the shop's."}};
};
BOOST_DESCRIBE_STRUCT(CreateShopSession, (), (currency))

struct ShopSession {
    ShopSessionId session_id;
    ShopSessionStatus status = ShopSessionStatus::active;
    std::string currency;
    Time created_at;
    Time expires_at;
    UserId user_id;
    std::optional<std::string> token;  // of a guest, when it is made
    std::optional<std::int64_t> cart_version;
    std::optional<OrderId> order_id;
    std::optional<ShopSessionId> next_session_id;
    std::optional<std::vector<MergedLine>> merged;  // of a claim

    static constexpr std::array fields{
        wire::Field{.name = "token", .doc = "A guest's, for Authorization: Bearer; told once."}};
};
BOOST_DESCRIBE_STRUCT(ShopSession, (),
                      (session_id, status, currency, created_at, expires_at, user_id, token,
                       cart_version, order_id, next_session_id, merged))

struct ShopSessionRef {
    std::string id;

    static constexpr std::array fields{wire::Field{"id", 1, 64, "ID, or session:ID."}};
};
BOOST_DESCRIBE_STRUCT(ShopSessionRef, (), (id))

struct ClaimShopSession {
    std::string guest_token;

    static constexpr std::array fields{wire::Field{"guest_token", 1, 4096, "What the guest had."}};
};
BOOST_DESCRIBE_STRUCT(ClaimShopSession, (), (guest_token))

struct Payment {
    std::string method = "simulated";
    std::optional<std::string> token;

    static constexpr std::array<std::string_view, 1> defaulted{"method"};
    static constexpr std::array fields{
        wire::Field{"method", 1, 32, "simulated, or what the shop is set up with."},
        wire::Field{"token", 1, 512, "What the payment's provider gave."}};
};
BOOST_DESCRIBE_STRUCT(Payment, (), (method, token))

struct CheckoutRequest {
    std::string session_id;
    std::optional<std::int64_t> expected_version;
    std::optional<std::string> email;
    Payment payment;
    bool confirm_changes = false;

    static constexpr std::array<std::string_view, 2> defaulted{"payment", "confirm_changes"};
    static constexpr std::array fields{
        session_ref_field, expected_version_field,
        wire::Field{"email", 3, 254, "Where the order is confirmed to.", "email"},
        wire::Field{.name = "confirm_changes", .doc = "Prices that rose are accepted."}};
};
BOOST_DESCRIBE_STRUCT(CheckoutRequest, (),
                      (session_id, expected_version, email, payment, confirm_changes))

enum class OrderStatus { paid, canceled };
BOOST_DESCRIBE_ENUM(OrderStatus, paid, canceled)

// As it was bought; never changes with the catalogue.
struct Order {
    OrderId order_id;
    ShopSessionId session_id;
    ShopSessionId next_session_id;
    OrderStatus status = OrderStatus::paid;
    std::vector<CartLine> lines;
    Totals totals;
    std::optional<std::string> email;
    Time created_at;
    std::string summary;

    static constexpr std::array<std::string_view, 1> nulls{"email"};
};
BOOST_DESCRIBE_STRUCT(Order, (),
                      (order_id, session_id, next_session_id, status, lines, totals, email,
                       created_at, summary))

struct OrderRef {
    std::string id;

    static constexpr std::array fields{wire::Field{"id", 1, 64, "An order's."}};
};
BOOST_DESCRIBE_STRUCT(OrderRef, (), (id))

struct ListOrders {
    std::int32_t limit = 50;
    std::optional<std::string> cursor;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"limit", 1, 200, ""}, cursor_field};
};
BOOST_DESCRIBE_STRUCT(ListOrders, (), (limit, cursor))

// Written already, so that the same request gets the same bytes again.  A refused payment is an
// answer of its own, 402 with the body of a problem: it is kept like an order.
using CheckoutReply = Reply<wire::Encoded<Order>>;

class SessionApi {
  public:
    virtual ~SessionApi() = default;

    virtual Task<Reply<ShopSession>> create_session(Caller caller, CreateShopSession request) = 0;
    virtual Task<ShopSession> get_session(Caller caller, ShopSessionRef request) = 0;
    virtual Task<ShopSession> claim_session(Caller caller, ClaimShopSession request) = 0;
    virtual Task<CheckoutReply> check_out(Caller caller, CheckoutRequest request) = 0;
    // Newest first.
    virtual Task<Page<Order>> list_orders(Caller caller, ListOrders request) = 0;
    virtual Task<Order> get_order(Caller caller, OrderRef request) = 0;
    // Again: the same.
    virtual Task<Order> cancel_order(Caller caller, OrderRef request) = 0;
};

template <>
struct Table<SessionApi> {
    static constexpr std::string_view service = "session";
    static constexpr std::tuple routes{
        Route<&SessionApi::create_session>{
            {.method = "POST",
             .path = "/session/create",
             .summary = "Begin to shop; without a token as a guest, who gets one",
             .access = Access::anyone,
             .status = 201,
             .limit = LimitClass::guest,
             .takes_idempotency_key = true}},
        Route<&SessionApi::get_session>{{.method = "GET",
                                         .path = "/session/{id}",
                                         .summary = "A shopping session of mine",
                                         .access = Access::guest,
                                         .limit = LimitClass::shop}},
        Route<&SessionApi::claim_session>{
            {.method = "POST",
             .path = "/session/claim",
             .summary = "Take over what I put into the cart as a guest",
             .limit = LimitClass::shop,
             .takes_idempotency_key = true}},
        Route<&SessionApi::check_out>{{.method = "POST",
                                       .path = "/checkout",
                                       .summary = "Buy what is in the cart",
                                       .access = Access::guest,
                                       .status = 201,
                                       .limit = LimitClass::shop,
                                       .time_max = std::chrono::milliseconds{60'000},
                                       .takes_idempotency_key = true}},
        Route<&SessionApi::list_orders>{{.method = "GET",
                                         .path = "/orders",
                                         .summary = "My orders, newest first",
                                         .access = Access::guest,
                                         .limit = LimitClass::shop}},
        Route<&SessionApi::get_order>{{.method = "GET",
                                       .path = "/orders/{id}",
                                       .summary = "An order of mine",
                                       .access = Access::guest,
                                       .limit = LimitClass::shop}},
        Route<&SessionApi::cancel_order>{{.method = "POST",
                                          .path = "/orders/{id}/cancel",
                                          .summary = "Give an order back while that is possible",
                                          .access = Access::guest,
                                          .limit = LimitClass::shop,
                                          .repeat = Repeat::safe}},
    };
};

std::vector<Operation> session_operations();

}  // namespace loquat::contracts
