#include "services/cart/domain/changes.hpp"

#include <algorithm>

#include "wire/failure_value.hpp"

namespace loquat::cart {
namespace {

using contracts::cart_lines_max;
using contracts::cart_quantity_max;

Failure limit(std::string message) { return {Kind::invalid, "cart.limit", std::move(message)}; }

Failure not_active(std::string_view status) {
    Failure failure{Kind::conflict, "session.not_active",
                    "This shopping session is over. Go on in a new one."};
    failure.extra.emplace_back("session_status", status);
    return failure;
}

void check_stock(const Offer& offer, std::int64_t wanted) {
    if (wanted <= offer.stock) {
        return;
    }
    Failure failure{Kind::conflict, "product.out_of_stock",
                    offer.stock == 0 ? offer.name + " is sold out."
                                     : "There are only " + std::to_string(offer.stock) + " of " +
                                           offer.name + "."};
    wire::add_value(failure, "available", offer.stock);
    throw failure;
}

// Sums must stay within money_max, with room for tax.
void check_worth(const CartState& cart) {
    std::int64_t left = money_max / 2;
    for (const Line& line : cart.lines) {
        if (line.price > 0 && line.quantity > left / line.price) {
            throw limit("A cart cannot be worth so much.");
        }
        left -= line.price * line.quantity;
    }
}

// What the line is of, as it is sold now: from here on drift is told against this.
void remember(Line& line, const Offer& offer) {
    line.price = offer.price;
    line.tax_rate = offer.tax_rate;
    line.sku = offer.sku;
    line.name = offer.name;
    line.image = offer.image;
    line.options = offer.options;
}

Changed changed_if(bool is_changed) { return is_changed ? Changed::yes : Changed::no; }

}  // namespace

void check_open(const CartState& cart, Time now) {
    switch (cart.status) {
        case CartStatus::held:
            throw Failure{Kind::conflict, "checkout.in_progress",
                          "A checkout of this cart is running. Wait for its end."};
        case CartStatus::ordered:
            throw not_active("completed");
        case CartStatus::merged:
            throw not_active("merged");
        case CartStatus::open:
            break;
    }
    if (now >= cart.expires_at) {
        throw not_active("expired");
    }
}

void check_version(const CartState& cart, std::optional<std::int64_t> expected) {
    if (!expected || *expected == cart.version) {
        return;
    }
    Failure failure{Kind::conflict, "cart.version_moved",
                    "The cart was changed meanwhile. Look at it again."};
    wire::add_value(failure, "version", cart.version);
    throw failure;
}

std::size_t find_line(const CartState& cart, const LineWish& wish) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < cart.lines.size(); ++i) {
        const Line& line = cart.lines[i];
        const bool is_meant = wish.line_id ? line.id.to_string() == *wish.line_id
                                           : wish.product == line.product &&
                                                 (!wish.variant || wish.variant == line.variant);
        if (is_meant && found) {
            throw Failure{Kind::conflict, "cart.line_ambiguous",
                          "Several lines of the cart are of this product. Name one of them."};
        }
        found = is_meant ? i : found;
    }
    if (!found) {
        throw Failure{Kind::not_found, "cart.line_not_found", "That is not in the cart."};
    }
    return *found;
}

Changed add(CartState& cart, const Offer& offer, std::int64_t quantity) {
    const auto found = std::ranges::find(cart.lines, offer.form, &Line::form);
    const bool is_new = found == cart.lines.end();
    const std::int64_t wanted = (is_new ? 0 : found->quantity) + quantity;
    if (wanted > cart_quantity_max) {
        throw limit("There can be at most 999 of one thing in a cart.");
    }
    if (is_new && cart.lines.size() >= cart_lines_max) {
        throw limit("There can be at most 500 different things in a cart.");
    }
    check_stock(offer, wanted);
    CartState after = cart;
    Line& line = is_new ? after.lines.emplace_back(Line{.id = LineId::make(),
                                                        .product = offer.form.product,
                                                        .variant = offer.form.variant})
                        : after.lines[static_cast<std::size_t>(found - cart.lines.begin())];
    line.quantity = wanted;
    remember(line, offer);
    check_worth(after);
    cart = std::move(after);
    return Changed::yes;
}

Changed remove(CartState& cart, const LineWish& wish, std::optional<std::int64_t> quantity,
               const Offers& offers) {
    const std::size_t at = find_line(cart, wish);
    Line& line = cart.lines[at];
    if (!quantity || *quantity >= line.quantity) {
        cart.lines.erase(cart.lines.begin() + static_cast<std::ptrdiff_t>(at));
        return Changed::yes;
    }
    line.quantity -= *quantity;
    if (const auto offer = offers.find(line.form()); offer != offers.end()) {
        remember(line, offer->second);
    }
    return Changed::yes;
}

Changed set_quantity(CartState& cart, const LineWish& wish, std::int64_t quantity,
                     const Offers& offers) {
    if (quantity == 0) {
        return remove(cart, wish, std::nullopt, offers);
    }
    const std::size_t at = find_line(cart, wish);
    const auto offer = offers.find(cart.lines[at].form());
    if (offer == offers.end()) {
        throw Failure{Kind::not_found, "product.not_found",
                      cart.lines[at].name + " is not sold any more."};
    }
    check_stock(offer->second, quantity);
    CartState after = cart;
    after.lines[at].quantity = quantity;
    remember(after.lines[at], offer->second);
    check_worth(after);
    const bool is_other = after.lines[at] != cart.lines[at];
    cart = std::move(after);
    return changed_if(is_other);
}

Changed clear(CartState& cart) {
    const bool had = !cart.lines.empty() || cart.coupon;
    cart.lines.clear();
    cart.coupon.reset();
    return changed_if(had);
}

Changed set_coupon(CartState& cart, std::optional<std::string> code) {
    const bool is_other = cart.coupon != code;
    cart.coupon = std::move(code);
    return changed_if(is_other);
}

std::vector<contracts::MergedLine> merge(CartState& into, const CartState& from) {
    std::vector<contracts::MergedLine> merged;
    for (const Line& line : from.lines) {
        const auto found = std::ranges::find(into.lines, line.form(), &Line::form);
        const bool is_new = found == into.lines.end();
        const std::int64_t had = is_new ? 0 : found->quantity;
        const bool has_room = !is_new || into.lines.size() < cart_lines_max;
        const std::int64_t quantity =
            has_room ? std::min(cart_quantity_max, had + line.quantity) : 0;
        if (has_room && is_new) {
            into.lines.push_back(line);
        } else if (has_room) {
            found->quantity = quantity;
        }
        merged.push_back({.product_id = line.product,
                          .variant_id = line.variant,
                          .had = had,
                          .added = quantity - had,
                          .quantity = quantity});
    }
    return merged;
}

}  // namespace loquat::cart
