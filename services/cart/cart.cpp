#include "services/cart/cart.hpp"

#include "contracts/core/versions.hpp"
#include "services/cart/replies.hpp"
#include "wire/codec.hpp"

namespace loquat::cart {

using contracts::Caller;
using contracts::CartReply;

Task<CartReply> Carts::get_cart(Caller caller, contracts::CartRef request) {
    return show(std::move(caller), Reach::own, std::move(request.session_id));
}

Task<CartReply> Carts::get_cart_within(Caller caller, contracts::CartRef request) {
    return show(std::move(caller), Reach::any, std::move(request.session_id));
}

Task<CartReply> Carts::show(Caller caller, Reach reach, std::string session_id) {
    const ShopSessionId id = to_session_id(session_id);
    Loaded loaded = co_await parts_.store.load(id, std::nullopt);
    const LoadedCart cart = co_await open_cart(caller, reach, id, std::move(loaded.cart));
    const Prices prices = co_await prices_of(caller, cart);
    co_return to_reply(view_of(cart.cart, prices));
}

template <class Request>
Carts::Ask Carts::ask_of(contracts::Caller caller, Reach reach, std::string route,
                         const Request& request) {
    return {.caller = std::move(caller),
            .reach = reach,
            .session_id = request.session_id,
            .expected_version = request.expected_version,
            .route = std::move(route),
            .asked = wire::encode(request)};
}

Task<CartReply> Carts::add_to_cart(Caller caller, contracts::AddToCart request) {
    return add(std::move(caller), Reach::own, std::move(request));
}

Task<CartReply> Carts::add_within(Caller caller, contracts::AddToCart request) {
    return add(std::move(caller), Reach::any, std::move(request));
}

Task<CartReply> Carts::add(Caller caller, Reach reach, contracts::AddToCart request) {
    Ask ask = ask_of(std::move(caller), reach, "cart/add", request);
    const std::int64_t quantity = request.quantity;
    Act act{.kind = "added",
            .wished = Wished{std::move(request.product_id), std::move(request.variant_id)},
            .apply = [quantity](CartState& cart, const Facts& facts) {
                if (facts.wished->currency != cart.currency.code()) {
                    throw Failure{Kind::invalid, "product.currency_mismatch",
                                  facts.wished->name + " is sold in " + facts.wished->currency +
                                      ", this cart is in " + std::string{cart.currency.code()} +
                                      "."};
                }
                return cart::add(cart, *facts.wished, quantity);
            }};
    return change(std::move(ask), std::move(act));
}

Task<CartReply> Carts::remove_from_cart(Caller caller, contracts::RemoveFromCart request) {
    return remove(std::move(caller), Reach::own, std::move(request));
}

Task<CartReply> Carts::remove_within(Caller caller, contracts::RemoveFromCart request) {
    return remove(std::move(caller), Reach::any, std::move(request));
}

Task<CartReply> Carts::remove(Caller caller, Reach reach, contracts::RemoveFromCart request) {
    Ask ask = ask_of(std::move(caller), reach, "cart/remove", request);
    Act act{.kind = "removed",
            .of = contracts::UpdateCart{.line_id = std::move(request.line_id),
                                        .product_id = std::move(request.product_id),
                                        .variant_id = std::move(request.variant_id)},
            .apply = [quantity = request.quantity](CartState& cart, const Facts& facts) {
                return cart::remove(cart, facts.line, quantity, facts.prices.offers);
            }};
    return change(std::move(ask), std::move(act));
}

Task<CartReply> Carts::update_cart(Caller caller, contracts::UpdateCart request) {
    return update(std::move(caller), Reach::own, std::move(request));
}

Task<CartReply> Carts::update_within(Caller caller, contracts::UpdateCart request) {
    return update(std::move(caller), Reach::any, std::move(request));
}

Task<CartReply> Carts::update(Caller caller, Reach reach, contracts::UpdateCart request) {
    Ask ask = ask_of(std::move(caller), reach, "cart/update", request);
    const std::int64_t quantity = request.quantity;
    Act act{.kind = "updated",
            .of = std::move(request),
            .apply = [quantity](CartState& cart, const Facts& facts) {
                return set_quantity(cart, facts.line, quantity, facts.prices.offers);
            }};
    return change(std::move(ask), std::move(act));
}

Task<CartReply> Carts::clear_cart(Caller caller, contracts::ClearCart request) {
    Ask ask = ask_of(std::move(caller), Reach::own, "cart/clear", request);
    Act act{.kind = "cleared", .apply = [](CartState& cart, const Facts&) { return clear(cart); }};
    return change(std::move(ask), std::move(act));
}

Task<CartReply> Carts::put_coupon(Caller caller, contracts::PutCoupon request) {
    Ask ask = ask_of(std::move(caller), Reach::own, "cart/coupon", request);
    Act act{.kind = "coupon",
            .coupon = request.code,
            .apply = [code = request.code](CartState& cart, const Facts& facts) {
                if (!code) {
                    return set_coupon(cart, std::nullopt);
                }
                const std::int64_t subtotal = subtotal_of(cart, facts.prices.offers);
                if (const auto fault =
                        fault_of(facts.prices.coupon, cart, subtotal, facts.prices.now)) {
                    throw coupon_invalid(Kind::invalid, *fault);
                }
                return set_coupon(cart, facts.prices.coupon->code);
            }};
    return change(std::move(ask), std::move(act));
}

Task<CartReply> Carts::change(Ask ask, Act act) {
    ask.expected_version = contracts::expected_version(ask.caller, ask.expected_version);
    const ShopSessionId id = to_session_id(ask.session_id);
    const auto request =
        store::KeyedRequest::of(ask.caller, ask.route, ask.asked, parts_.clock.now());
    std::optional<store::RunningRequests::Turn> running;
    if (request) {
        running.emplace(running_.begin(*request));
    }
    const auto turn = co_await turns_.lock(id);
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        auto reply = co_await try_change(ask, act, request);
        if (reply) {
            co_return *std::move(reply);
        }
    }
    throw too_busy();
}

Task<std::optional<CartReply>> Carts::try_change(const Ask& ask, const Act& act,
                                                 std::optional<store::KeyedRequest> request) {
    const ShopSessionId id = to_session_id(ask.session_id);
    Loaded loaded = co_await parts_.store.load(id, request);
    if (loaded.answer) {
        co_return to_replayed(*std::move(loaded.answer));
    }
    LoadedCart held = co_await open_cart(ask.caller, ask.reach, id, std::move(loaded.cart));
    const Time now = parts_.clock.now();
    check_open(held.cart, now);
    check_version(held.cart, ask.expected_version);
    const Facts facts = co_await facts_of(ask.caller, held, act);
    const Changed changed = act.apply(held.cart, facts);
    Saving saving{.event = {act.kind, ask.asked}};
    if (changed == Changed::yes) {
        ++held.cart.version;
        held.cart.updated_at = now;
        saving.carts.push_back(held.cart);
        saving.held.emplace_back();
    }
    CartReply reply = to_reply(view_of(held.cart, facts.prices));
    if (request) {
        saving.kept = Kept{*std::move(request), to_kept(reply)};
    }
    if (!saving.carts.empty() || saving.kept) {
        const SaveEnd end = co_await parts_.store.save(std::move(saving));
        if (end == SaveEnd::moved) {
            co_return std::nullopt;
        }
    }
    co_return reply;
}

Task<LoadedCart> Carts::open_cart(Caller caller, Reach reach, ShopSessionId id,
                                  std::optional<LoadedCart> loaded) {
    if (!loaded) {
        const auto facts = co_await parts_.sessions.find(caller, id);
        if (!facts) {
            throw no_session();
        }
        loaded = LoadedCart{.cart = {.session = id,
                                     .owner = facts->owner,
                                     .currency = facts->currency,
                                     .expires_at = facts->expires_at,
                                     .updated_at = from_unix_ms(id.uuid.unix_ms())}};
    }
    if (reach == Reach::own && caller.shopper_id() != loaded->cart.owner) {
        throw no_session();
    }
    co_return *std::move(loaded);
}

Task<Prices> Carts::prices_of(Caller caller, const LoadedCart& cart) {
    std::vector<Form> forms;
    for (const Line& line : cart.cart.lines) {
        forms.push_back(line.form());
    }
    Prices prices{.coupon = cart.coupon,
                  .tax = settings_.prices_include_tax ? Tax::included : Tax::added,
                  .now = parts_.clock.now()};
    if (!forms.empty()) {
        prices.offers = co_await parts_.products.find(std::move(caller), std::move(forms));
    }
    std::erase_if(prices.offers, [&cart](const auto& entry) {
        return entry.second.currency != cart.cart.currency.code();
    });
    co_return prices;
}

Task<Carts::Facts> Carts::facts_of(Caller caller, const LoadedCart& cart, const Act& act) {
    Facts facts{.prices = co_await prices_of(caller, cart)};
    if (act.wished) {
        Wished wished = *act.wished;
        facts.wished = co_await parts_.products.resolve(caller, std::move(wished));
        facts.prices.offers.insert_or_assign(facts.wished->form, *facts.wished);
    }
    if (act.coupon) {
        std::string folded = fold_code(*act.coupon);
        facts.prices.coupon = co_await parts_.store.find_coupon(std::move(folded));
    }
    if (!act.of) {
        co_return facts;
    }
    if (act.of->line_id) {
        facts.line.line_id = act.of->line_id;
    } else if (act.of->product_id) {
        std::string ref = *act.of->product_id;
        const auto named = co_await parts_.products.name(std::move(caller), std::move(ref));
        facts.line = wish_of(*act.of, named);
    } else {
        throw invalid_field("line_id", "required", "or product_id is required");
    }
    co_return facts;
}

Task<void> Carts::maintain() {
    co_await parts_.store.clean_up(parts_.clock.now(), clean_up_rows_max);
}

}  // namespace loquat::cart
