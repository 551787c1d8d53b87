#include "services/cart/domain/view.hpp"

#include "contracts/shop/money.hpp"
#include "wire/codec.hpp"

namespace loquat::cart {
namespace {

using contracts::CartNotice;
using contracts::NoticeKind;
using contracts::Price;

// A line beside what it is sold as now, if it is.
struct Seen {
    const Line& line;
    const Offer* offer;

    std::int64_t unit() const { return offer != nullptr ? offer->price : line.price; }
    std::int64_t rate() const { return offer != nullptr ? offer->tax_rate : line.tax_rate; }
};

std::vector<Seen> seen_of(const CartState& cart, const Offers& offers) {
    std::vector<Seen> seen;
    seen.reserve(cart.lines.size());
    for (const Line& line : cart.lines) {
        const auto offer = offers.find(line.form());
        seen.push_back({line, offer == offers.end() ? nullptr : &offer->second});
    }
    return seen;
}

wire::Value value_of(const Price& price) { return wire::parse(wire::encode(price)); }

void add_notices(std::vector<CartNotice>& notices, const Seen& seen, Currency currency) {
    const Line& line = seen.line;
    if (seen.offer == nullptr) {
        notices.push_back({.kind = NoticeKind::unavailable,
                           .line_id = line.id,
                           .text = line.name + " is not sold any more."});
        return;
    }
    if (seen.offer->price != line.price) {
        const Price before = contracts::to_price({line.price, currency});
        const Price now = contracts::to_price({seen.offer->price, currency});
        notices.push_back(
            {.kind = NoticeKind::price_changed,
             .line_id = line.id,
             .old = value_of(before),
             .new_ = value_of(now),
             .text = line.name + " costs " + *now.text + " now; it was " + *before.text + "."});
    }
    if (seen.offer->stock < line.quantity) {
        const std::string left =
            seen.offer->stock <= 0
                ? line.name + " is sold out."
                : "Only " + std::to_string(seen.offer->stock) + " of " + line.name + " are left.";
        notices.push_back({.kind = NoticeKind::out_of_stock,
                           .line_id = line.id,
                           .old = wire::Value{line.quantity},
                           .new_ = wire::Value{seen.offer->stock},
                           .text = left});
    }
}

contracts::CartLine line_of(const Seen& seen, const Sums& sums, Currency currency) {
    const Line& line = seen.line;
    const bool is_sold = seen.offer != nullptr;
    return {.line_id = line.id,
            .product_id = line.product,
            .variant_id = line.variant,
            .sku = is_sold ? seen.offer->sku : line.sku,
            .name = is_sold ? seen.offer->name : line.name,
            .image = is_sold ? seen.offer->image : line.image,
            .options = is_sold ? seen.offer->options : line.options,
            .quantity = line.quantity,
            .unit_price = contracts::to_price({seen.unit(), currency}),
            .subtotal = contracts::to_price({sums.subtotal, currency}),
            .discount = contracts::to_price({sums.discount, currency}),
            .tax = contracts::to_price({sums.tax, currency}),
            .total = contracts::to_price({sums.total, currency}),
            .available = is_sold ? seen.offer->stock : 0};
}

}  // namespace

std::int64_t subtotal_of(const CartState& cart, const Offers& offers) {
    std::int64_t sum = 0;
    for (const Seen& seen : seen_of(cart, offers)) {
        sum += seen.unit() * seen.line.quantity;
    }
    return sum;
}

contracts::Cart view_of(const CartState& cart, const Prices& prices) {
    const std::vector<Seen> seen = seen_of(cart, prices.offers);
    std::vector<PriceOf> priced_lines;
    std::int64_t subtotal = 0;
    for (const Seen& one : seen) {
        priced_lines.push_back({one.unit(), one.line.quantity, one.rate()});
        subtotal += one.unit() * one.line.quantity;
    }
    Discount discount = NoDiscount{};
    if (cart.coupon && !fault_of(prices.coupon, cart, subtotal, prices.now)) {
        discount = discount_of(*prices.coupon);
    }
    const Priced priced = price(priced_lines, discount, prices.tax);
    contracts::Cart view{.session_id = cart.session,
                         .version = cart.version,
                         .coupon = cart.coupon,
                         .updated_at = cart.updated_at};
    for (std::size_t i = 0; i < seen.size(); ++i) {
        view.lines.push_back(line_of(seen[i], priced.lines[i], cart.currency));
        add_notices(view.notices, seen[i], cart.currency);
    }
    view.totals = {.subtotal = contracts::to_price({priced.totals.subtotal, cart.currency}),
                   .discount = contracts::to_price({priced.totals.discount, cart.currency}),
                   .tax = contracts::to_price({priced.totals.tax, cart.currency}),
                   .total = contracts::to_price({priced.totals.total, cart.currency})};
    return view;
}

}  // namespace loquat::cart
