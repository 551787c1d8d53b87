#pragma once
#include <optional>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "contracts/cart/coupons.hpp"
#include "services/cart/domain/cart_state.hpp"
#include "services/cart/domain/coupon.hpp"
#include "store/sql/kept_answers.hpp"

// What the cart service needs from outside.
namespace loquat::cart {

// What a change of a cart is called in its log of events.
struct CartEvent {
    std::string kind;    // added, removed, updated, cleared, coupon, held, settled, merged
    std::string detail;  // JSON
};

// A use of a coupon, by the checkout that it is for.
enum class UseStep { hold, count, free };
struct CouponUse {
    UseStep step = UseStep::hold;
    std::string folded;
    CheckoutId checkout;
};

struct Kept {
    store::KeyedRequest request;
    store::KeptAnswer answer;
};

// One or two carts as they are to be from now on, and all that goes with it: all of it or nothing.
struct Saving {
    std::vector<CartState> carts;   // each with the revision that it was read with
    std::vector<std::string> held;  // of each cart: the answer that a hold or merge gives again
    CartEvent event;                // of each
    std::optional<CouponUse> use;
    std::optional<Kept> kept;
};

enum class SaveEnd {
    saved,
    moved,    // somebody else was faster: nothing is stored, read again
    used_up,  // of the coupon that was to be held there is no use left: nothing is stored
};

struct LoadedCart {
    CartState cart;
    std::string held;                   // what a hold or merge answered, while it is so
    std::optional<CouponState> coupon;  // that the cart names
};

struct Loaded {
    std::optional<LoadedCart> cart;
    std::optional<store::KeptAnswer> answer;  // to the same request before
};

// Carts and coupons.  Fails with the codes of store/sql/database.hpp.
class CartStore {
  public:
    virtual ~CartStore() = default;

    // Sees every change that was reported before.  Fails with `request.key_reused` as
    // store/sql/kept_answers.hpp says.
    virtual Task<Loaded> load(ShopSessionId id, std::optional<store::KeyedRequest> request) = 0;
    virtual Task<SaveEnd> save(Saving saving) = 0;
    virtual Task<std::optional<CouponState>> find_coupon(std::string folded) = 0;

    // False when there is one of that code.
    virtual Task<bool> add_coupon(CouponState coupon) = 0;
    // By folded code, after `after`.
    virtual Task<std::vector<CouponState>> list_coupons(std::string after, std::size_t limit) = 0;
    // False when there is none.
    virtual Task<bool> remove_coupon(std::string folded) = 0;
    // At most `rows_max` answers whose day is over.
    virtual Task<void> clean_up(Time now, std::size_t rows_max) = 0;
};

// What a person named, as it is sold now.
struct Wished {
    std::string product;  // an id, SKU or EAN
    std::optional<std::string> variant;
};

// The catalogue.  Fails with what the product service fails with.
class Products {
  public:
    virtual ~Products() = default;

    // 404 product.not_found, product.variant_not_found; 422 product.variant_needed.
    virtual Task<Offer> resolve(contracts::Caller caller, Wished wished) = 0;
    // Those that are still sold.
    virtual Task<Offers> find(contracts::Caller caller, std::vector<Form> forms) = 0;
    // The product that is named, and the variant where the name is one's; none: there is no such.
    struct Named {
        ProductId product;
        std::optional<VariantId> variant;
    };
    virtual Task<std::optional<Named>> name(contracts::Caller caller, std::string ref) = 0;
};

// Whose a shopping session is; none: there is no such.
struct SessionFacts {
    UserId owner;
    Currency currency;
    Time expires_at;
};
class ShopSessions {
  public:
    virtual ~ShopSessions() = default;
    virtual Task<std::optional<SessionFacts>> find(contracts::Caller caller, ShopSessionId id) = 0;
};

}  // namespace loquat::cart
