#include "contracts/core/versions.hpp"
#include "services/cart/cart.hpp"
#include "services/cart/replies.hpp"
#include "wire/codec.hpp"

// What a checkout and a sign-in do to carts.
namespace loquat::cart {

using contracts::Caller;
using contracts::CartReply;

namespace {

CartReply to_reply_again(const LoadedCart& cart) {
    store::KeptAnswer answer{.body = cart.held, .etag = contracts::to_etag(cart.cart.version)};
    CartReply reply = to_replayed(std::move(answer));
    reply.headers.pop_back();
    return reply;
}

std::string event_detail(const CheckoutId& checkout) {
    return wire::to_json(wire::Object{{"checkout_id", checkout.to_string()}});
}

void check_mergeable(const CartState& into, const CartState& from, Time now) {
    check_open(into, now);
    check_open(from, now);
    if (into.currency != from.currency) {
        throw Failure{Kind::conflict, "session.currency_mismatch",
                      "The two carts are in different currencies."};
    }
}

}  // namespace

Task<contracts::CartVerdict> Carts::validate_cart(Caller caller, contracts::CartRef request) {
    const ShopSessionId id = to_session_id(request.session_id);
    Loaded loaded = co_await parts_.store.load(id, std::nullopt);
    const LoadedCart cart = co_await open_cart(caller, Reach::any, id, std::move(loaded.cart));
    const Prices prices = co_await prices_of(std::move(caller), cart);
    co_return judge(cart.cart, prices);
}

Task<CartReply> Carts::hold_cart(Caller caller, contracts::HoldCart request) {
    const ShopSessionId id = to_session_id(request.session_id);
    const auto turn = co_await turns_.lock(id);
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        auto reply = co_await try_hold(caller, request);
        if (reply) {
            co_return *std::move(reply);
        }
    }
    throw too_busy();
}

Task<std::optional<CartReply>> Carts::try_hold(Caller caller, contracts::HoldCart request) {
    const ShopSessionId id = to_session_id(request.session_id);
    Loaded loaded = co_await parts_.store.load(id, std::nullopt);
    LoadedCart held = co_await open_cart(caller, Reach::any, id, std::move(loaded.cart));
    CartState& cart = held.cart;
    if (cart.checkout == request.checkout_id) {
        co_return to_reply_again(held);
    }
    check_open(cart, parts_.clock.now());
    check_version(cart, request.expected_version);
    const Prices prices = co_await prices_of(std::move(caller), held);
    const auto fault = fault_of(prices.coupon, cart, subtotal_of(cart, prices.offers), prices.now);
    if (cart.coupon && fault) {
        const SaveEnd end = co_await drop_coupon(cart);
        if (end == SaveEnd::moved) {
            co_return std::nullopt;
        }
        throw coupon_invalid(Kind::conflict, *fault);
    }
    check_buyable(cart, prices.offers, request.price_changes);
    const CartState before = cart;
    cart.status = CartStatus::held;
    cart.checkout = request.checkout_id;
    CartReply reply = to_reply(view_of(cart, prices));
    Saving saving{.carts = {cart},
                  .held = {reply.body.json},
                  .event = {"held", event_detail(request.checkout_id)}};
    if (cart.coupon) {
        saving.use = CouponUse{UseStep::hold, fold_code(*cart.coupon), request.checkout_id};
    }
    const SaveEnd end = co_await parts_.store.save(std::move(saving));
    if (end == SaveEnd::used_up) {
        co_await drop_coupon(before);
        throw coupon_invalid(Kind::conflict, CouponFault::used_up);
    }
    if (end == SaveEnd::moved) {
        co_return std::nullopt;
    }
    co_return reply;
}

// A coupon that is worth nothing any more is taken off, and whoever buys is told.
Task<SaveEnd> Carts::drop_coupon(CartState cart) {
    cart.coupon.reset();
    ++cart.version;
    cart.updated_at = parts_.clock.now();
    Saving saving{.carts = {std::move(cart)}, .held = {{}}, .event = {"coupon", "{}"}};
    co_return co_await parts_.store.save(std::move(saving));
}

Task<void> Carts::settle_cart(Caller, contracts::SettleCart request) {
    const ShopSessionId id = to_session_id(request.session_id);
    const auto turn = co_await turns_.lock(id);
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        const SaveEnd end = co_await try_settle(request);
        if (end == SaveEnd::saved) {
            co_return;
        }
    }
    throw too_busy();
}

Task<SaveEnd> Carts::try_settle(contracts::SettleCart request) {
    Loaded loaded = co_await parts_.store.load(to_session_id(request.session_id), std::nullopt);
    const bool is_held = loaded.cart && loaded.cart->cart.status == CartStatus::held &&
                         loaded.cart->cart.checkout == request.checkout_id;
    if (!is_held) {
        co_return SaveEnd::saved;
    }
    CartState& cart = loaded.cart->cart;
    const bool is_ordered = request.end == contracts::CheckoutEnd::ordered;
    Saving saving{.held = {is_ordered ? loaded.cart->held : std::string{}},
                  .event = {"settled", event_detail(request.checkout_id)}};
    if (cart.coupon) {
        saving.use = CouponUse{is_ordered ? UseStep::count : UseStep::free, fold_code(*cart.coupon),
                               request.checkout_id};
    }
    if (is_ordered) {
        cart.status = CartStatus::ordered;
    } else {
        cart.status = CartStatus::open;
        cart.checkout.reset();
    }
    saving.carts.push_back(cart);
    co_return co_await parts_.store.save(std::move(saving));
}

Task<void> Carts::hand_over_cart(Caller caller, contracts::HandOverCart request) {
    const ShopSessionId id = to_session_id(request.session_id);
    const auto turn = co_await turns_.lock(id);
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        const SaveEnd end = co_await try_hand_over(caller, request);
        if (end == SaveEnd::saved) {
            co_return;
        }
    }
    throw too_busy();
}

// An empty cart is stored as well, so that nobody stores one for whoever had the session before.
Task<SaveEnd> Carts::try_hand_over(Caller caller, contracts::HandOverCart request) {
    const ShopSessionId id = to_session_id(request.session_id);
    Loaded loaded = co_await parts_.store.load(id, std::nullopt);
    LoadedCart held = co_await open_cart(std::move(caller), Reach::any, id, std::move(loaded.cart));
    if (held.cart.revision > 0 && held.cart.owner == request.user_id) {
        co_return SaveEnd::saved;
    }
    held.cart.owner = request.user_id;
    Saving saving{.carts = {std::move(held.cart)},
                  .held = {std::move(held.held)},
                  .event = {"handed_over", "{}"}};
    co_return co_await parts_.store.save(std::move(saving));
}

Task<contracts::MergedCart> Carts::merge_cart(Caller caller, contracts::MergeCart request) {
    const ShopSessionId into = to_session_id(request.session_id);
    const ShopSessionId from = to_session_id(request.from_session_id);
    if (into == from) {
        throw invalid_field("from_session_id", "same", "must be another session");
    }
    // In one order for all, so that two merges never wait for each other.
    const auto first = co_await turns_.lock(std::min(into, from));
    const auto second = co_await turns_.lock(std::max(into, from));
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        auto merged = co_await try_merge(caller, into, from);
        if (merged) {
            co_return *std::move(merged);
        }
    }
    throw too_busy();
}

Task<std::optional<contracts::MergedCart>> Carts::try_merge(Caller caller, ShopSessionId into,
                                                            ShopSessionId from) {
    Loaded loaded_from = co_await parts_.store.load(from, std::nullopt);
    const bool is_done = loaded_from.cart && loaded_from.cart->cart.status == CartStatus::merged;
    if (is_done) {
        co_return wire::from_json<contracts::MergedCart>(loaded_from.cart->held);
    }
    LoadedCart source = co_await open_cart(caller, Reach::any, from, std::move(loaded_from.cart));
    Loaded loaded_into = co_await parts_.store.load(into, std::nullopt);
    LoadedCart target =
        co_await open_cart(std::move(caller), Reach::any, into, std::move(loaded_into.cart));
    const Time now = parts_.clock.now();
    check_mergeable(target.cart, source.cart, now);
    contracts::MergedCart merged{merge(target.cart, source.cart)};
    if (!target.cart.coupon) {
        target.cart.coupon = source.cart.coupon;
    }
    if (!source.cart.lines.empty() || source.cart.coupon) {
        ++target.cart.version;
        target.cart.updated_at = now;
    }
    source.cart.status = CartStatus::merged;
    source.cart.updated_at = now;
    Saving saving{.carts = {std::move(source.cart), std::move(target.cart)},
                  .held = {wire::encode(merged), {}},
                  .event = {"merged", wire::to_json(wire::Object{{"from", from.to_string()},
                                                                 {"into", into.to_string()}})}};
    const SaveEnd end = co_await parts_.store.save(std::move(saving));
    if (end == SaveEnd::moved) {
        co_return std::nullopt;
    }
    co_return merged;
}

}  // namespace loquat::cart
