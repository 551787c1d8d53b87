#pragma once
#include <optional>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "base/money.hpp"
#include "contracts/auth/guests.hpp"
#include "contracts/product/stock.hpp"
#include "contracts/session/sessions.hpp"
#include "services/session/domain/checkout.hpp"
#include "store/sql/kept_answers.hpp"

// What the session service needs from outside.
namespace loquat::session {

using contracts::CheckoutId;
using contracts::OrderId;
using contracts::ShopSessionId;
using contracts::ShopSessionStatus;

// A shopping session as it is kept.  `abandoned` and `expired` are none of its
// statuses here: time makes it so.
struct SessionRow {
    ShopSessionId id;
    UserId owner;
    std::string currency;
    ShopSessionStatus status = ShopSessionStatus::active;
    Time created_at;
    Time expires_at;
    std::optional<SessionId> guest;  // of the guest's token
    std::optional<CheckoutId> checkout;
    std::optional<OrderId> order;
    std::optional<ShopSessionId> next;
};

// The route that a key of a checkout is for.
inline constexpr std::string_view checkout_route = "checkout";

struct CheckoutRow {
    CheckoutId id;
    ShopSessionId session;
    CheckoutState state = CheckoutState::begun;
    contracts::CheckoutRequest request;
    std::optional<store::KeyedRequest> keyed;  // with whose key it was asked for
    std::string cart;                          // as it is held; empty before
    std::string refusal;                       // the problem, once it is turned down
    Time changed_at;
};

struct OrderRow {
    contracts::Order order;
    UserId owner;
    CheckoutId checkout;
};

// What comes of a step of a checkout: all of it in one transaction, if the checkout is still where
// it was.
struct CheckoutStep {
    CheckoutId id;
    CheckoutState from = CheckoutState::begun;
    CheckoutState to = CheckoutState::begun;
    std::string cart;     // empty: as it is
    std::string refusal;  // likewise
    Time at;
    std::optional<OrderRow> order;   // with it its session is completed
    std::optional<SessionRow> next;  // and goes on in this one
    std::optional<store::KeptAnswer> answer;
};

struct Kept {
    store::KeyedRequest request;
    store::KeptAnswer answer;
};

// Whether a checkout could begin.
enum class BeginEnd { begun, not_active };

// Sessions, checkouts and orders.  Fails with the codes of store/sql/database.hpp.
class SessionStore {
  public:
    virtual ~SessionStore() = default;

    // False, and nothing is added, where that request was answered already.
    virtual Task<bool> add(SessionRow session, std::optional<Kept> kept) = 0;
    virtual Task<std::optional<SessionRow>> find(ShopSessionId id) = 0;
    // The newest that the guest of that token ever had, whosever it is now.
    virtual Task<std::optional<SessionRow>> find_of_guest(SessionId guest) = 0;
    // That user's newest that one can shop in.
    virtual Task<std::optional<SessionRow>> find_active(UserId owner, Time now) = 0;
    // The session is over, and its cart is in that of `into`.  False when it is not one to shop in.
    virtual Task<bool> note_merged(ShopSessionId id, ShopSessionId into) = 0;
    // Likewise.
    virtual Task<bool> hand_over(ShopSessionId id, UserId owner) = 0;

    virtual Task<std::optional<store::KeptAnswer>> find_answer(store::KeyedRequest request) = 0;
    // The session is checking out from then on.
    virtual Task<BeginEnd> begin(CheckoutRow checkout) = 0;
    // False when the checkout is not where the step begins.
    virtual Task<bool> advance(CheckoutStep step) = 0;
    virtual Task<std::optional<CheckoutRow>> find_checkout(CheckoutId id) = 0;
    // Those that are not over and were not changed since `before`.
    virtual Task<std::vector<CheckoutRow>> list_unfinished(Time before, std::size_t limit) = 0;

    virtual Task<std::optional<OrderRow>> find_order(OrderId id) = 0;
    // Newest first, from before `before` where it is given.
    virtual Task<std::vector<OrderRow>> list_orders(UserId owner, std::optional<OrderId> before,
                                                    std::size_t limit) = 0;
    // False when it was not paid.
    virtual Task<bool> cancel(OrderId id, Time at) = 0;
    virtual Task<void> clean_up(Time now, std::size_t rows_max) = 0;
};

struct CartFacts {
    std::int64_t version = 0;
    bool has_lines = false;
    Time changed_at;
};

// What is asked of auth, cart and product.  Each may be repeated.
class ShopFloor {
  public:
    virtual ~ShopFloor() = default;

    virtual Task<contracts::GuestToken> issue_guest(contracts::Caller caller) = 0;
    virtual Task<contracts::ProvenGuest> prove_guest(contracts::Caller caller,
                                                     std::string token) = 0;
    virtual Task<void> end_guest(contracts::Caller caller, SessionId guest) = 0;

    virtual Task<CartFacts> cart_facts(contracts::Caller caller, ShopSessionId id) = 0;
    virtual Task<contracts::MergedCart> merge_cart(contracts::Caller caller, ShopSessionId into,
                                                   ShopSessionId from) = 0;
    virtual Task<void> hand_over_cart(contracts::Caller caller, ShopSessionId id, UserId owner) = 0;
    virtual Task<contracts::Cart> hold_cart(contracts::Caller caller,
                                            contracts::HoldCart request) = 0;
    virtual Task<void> settle_cart(contracts::Caller caller, contracts::SettleCart request) = 0;
    virtual Task<void> reserve_stock(contracts::Caller caller, contracts::ReserveStock request) = 0;
    virtual Task<void> take_stock(contracts::Caller caller, CheckoutId id) = 0;
    virtual Task<void> release_stock(contracts::Caller caller, CheckoutId id) = 0;
    virtual Task<void> return_stock(contracts::Caller caller, CheckoutId id) = 0;
};

struct Charge {
    CheckoutId id;  // the same charge, however often it is asked for
    Money amount;
    contracts::Payment payment;
};

// Who takes the money.  402 `payment.declined`; 503 `payment.unavailable` when it certainly was not
// taken; any other failure: unknown, ask again.
class Payments {
  public:
    virtual ~Payments() = default;
    // 422 `request.invalid` for what can never be charged.
    virtual void check(const contracts::Payment& payment) const = 0;
    virtual Task<void> charge(Charge wanted) = 0;
};

}  // namespace loquat::session
