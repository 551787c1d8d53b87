#pragma once
#include "contracts/cart/cart.hpp"

// Carts as other services ask for them: whoever asks has seen to whose they are.  Failures: those
// of CartApi; of hold_cart cart.empty, product.price_changed (with `changes`),
// product.out_of_stock and product.unavailable (with `lines`), coupon.invalid (the coupon is off
// then, 409), cart.not_held.
namespace loquat::contracts {

struct CartProblem {
    std::string code;  // product.out_of_stock, product.unavailable, product.price_changed,
                       // coupon.invalid, cart.empty
    std::optional<LineId> line_id;

    static constexpr std::array<std::string_view, 1> nulls{"line_id"};
};
BOOST_DESCRIBE_STRUCT(CartProblem, (), (code, line_id))

struct CartVerdict {
    bool valid = false;
    std::vector<CartProblem> problems;
};
BOOST_DESCRIBE_STRUCT(CartVerdict, (), (valid, problems))

enum class Changes { refuse, accept };
BOOST_DESCRIBE_ENUM(Changes, refuse, accept)

struct HoldCart {
    std::string session_id;
    CheckoutId checkout_id;
    std::optional<std::int64_t> expected_version;
    Changes price_changes = Changes::refuse;

    static constexpr std::array<std::string_view, 1> defaulted{"price_changes"};
    static constexpr std::array fields{
        session_ref_field, expected_version_field,
        wire::Field{.name = "price_changes",
                    .doc = "Whether prices that rose since a line was changed are taken."}};
};
BOOST_DESCRIBE_STRUCT(HoldCart, (), (session_id, checkout_id, expected_version, price_changes))

enum class CheckoutEnd { ordered, refused };
BOOST_DESCRIBE_ENUM(CheckoutEnd, ordered, refused)

struct SettleCart {
    std::string session_id;
    CheckoutId checkout_id;
    CheckoutEnd end = CheckoutEnd::refused;

    static constexpr std::array fields{session_ref_field};
};
BOOST_DESCRIBE_STRUCT(SettleCart, (), (session_id, checkout_id, end))

struct MergeCart {
    std::string session_id;  // what gets the lines
    std::string from_session_id;

    static constexpr std::array fields{session_ref_field,
                                       wire::Field{"from_session_id", 1, 64, "Ends with it."}};
};
BOOST_DESCRIBE_STRUCT(MergeCart, (), (session_id, from_session_id))

struct MergedLine {
    ProductId product_id;
    std::optional<VariantId> variant_id;
    std::int64_t had = 0;
    std::int64_t added = 0;
    std::int64_t quantity = 0;

    static constexpr std::array<std::string_view, 1> nulls{"variant_id"};
};
BOOST_DESCRIBE_STRUCT(MergedLine, (), (product_id, variant_id, had, added, quantity))

struct MergedCart {
    std::vector<MergedLine> merged;
};
BOOST_DESCRIBE_STRUCT(MergedCart, (), (merged))

struct HandOverCart {
    std::string session_id;
    UserId user_id;

    static constexpr std::array fields{session_ref_field};
};
BOOST_DESCRIBE_STRUCT(HandOverCart, (), (session_id, user_id))

class CartsApi {
  public:
    virtual ~CartsApi() = default;

    virtual Task<CartReply> get_cart_within(Caller caller, CartRef request) = 0;
    virtual Task<CartReply> add_within(Caller caller, AddToCart request) = 0;
    virtual Task<CartReply> remove_within(Caller caller, RemoveFromCart request) = 0;
    virtual Task<CartReply> update_within(Caller caller, UpdateCart request) = 0;
    virtual Task<CartVerdict> validate_cart(Caller caller, CartRef request) = 0;
    // The cart as it is bought: until it is settled nobody changes it, and a use of its coupon is
    // kept for it.  The same checkout again: the same.
    virtual Task<CartReply> hold_cart(Caller caller, HoldCart request) = 0;
    // Ordered: the use counts and the cart is over.  Refused: as it was before.  Again, or of
    // another checkout: nothing.
    virtual Task<void> settle_cart(Caller caller, SettleCart request) = 0;
    // All lines, at once or not at all; again: the same answer, nothing is added.
    virtual Task<MergedCart> merge_cart(Caller caller, MergeCart request) = 0;
    // It is that user's from now on, whosever it was.
    virtual Task<void> hand_over_cart(Caller caller, HandOverCart request) = 0;
};

template <>
struct Table<CartsApi> {
    static constexpr std::string_view service = "cart";
    static constexpr std::tuple routes{
        Route<&CartsApi::get_cart_within>{{.method = "GET",
                                           .path = "/internal/cart/{session_id}",
                                           .summary = "The cart of a shopping session",
                                           .access = Access::internal}},
        Route<&CartsApi::add_within>{{.method = "POST",
                                      .path = "/internal/cart/add",
                                      .summary = "Put something into a cart",
                                      .access = Access::internal,
                                      .takes_idempotency_key = true}},
        Route<&CartsApi::remove_within>{{.method = "POST",
                                         .path = "/internal/cart/remove",
                                         .summary = "Take something out of a cart",
                                         .access = Access::internal,
                                         .takes_idempotency_key = true}},
        Route<&CartsApi::update_within>{{.method = "PUT",
                                         .path = "/internal/cart/update",
                                         .summary = "Set how many of something are in a cart",
                                         .access = Access::internal,
                                         .takes_idempotency_key = true}},
        Route<&CartsApi::validate_cart>{{.method = "POST",
                                         .path = "/internal/cart/validate",
                                         .summary = "Whether a cart could be bought now",
                                         .access = Access::internal,
                                         .repeat = Repeat::safe}},
        Route<&CartsApi::hold_cart>{{.method = "POST",
                                     .path = "/internal/cart/hold",
                                     .summary = "Hold a cart for a checkout",
                                     .access = Access::internal,
                                     .repeat = Repeat::safe}},
        Route<&CartsApi::settle_cart>{{.method = "POST",
                                       .path = "/internal/cart/settle",
                                       .summary = "What became of a checkout",
                                       .access = Access::internal,
                                       .repeat = Repeat::safe}},
        Route<&CartsApi::merge_cart>{{.method = "POST",
                                      .path = "/internal/cart/merge",
                                      .summary = "Put the lines of one cart into another",
                                      .access = Access::internal,
                                      .repeat = Repeat::safe}},
        Route<&CartsApi::hand_over_cart>{{.method = "POST",
                                          .path = "/internal/cart/hand-over",
                                          .summary = "Give a cart to somebody",
                                          .access = Access::internal,
                                          .repeat = Repeat::safe}},
    };
};

std::vector<Operation> carts_operations();

}  // namespace loquat::contracts
