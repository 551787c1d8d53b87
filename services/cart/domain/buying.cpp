#include "services/cart/domain/buying.hpp"

#include "contracts/shop/money.hpp"
#include "wire/failure_value.hpp"

namespace loquat::cart {
namespace {

// A line that cannot be bought as it is.
struct ShortLine {
    LineId line_id;
    ProductId product_id;
    std::optional<VariantId> variant_id;
    std::int64_t quantity = 0;
    std::int64_t available = 0;

    static constexpr std::array<std::string_view, 1> nulls{"variant_id"};
};
BOOST_DESCRIBE_STRUCT(ShortLine, (), (line_id, product_id, variant_id, quantity, available))

struct PriceChange {
    LineId line_id;
    contracts::Price old;
    contracts::Price new_;
};
BOOST_DESCRIBE_STRUCT(PriceChange, (), (line_id, old, new_))

struct Findings {
    std::vector<ShortLine> unavailable;
    std::vector<ShortLine> out_of_stock;
    std::vector<PriceChange> raised;
};

Findings look_at(const CartState& cart, const Offers& offers) {
    Findings found;
    for (const Line& line : cart.lines) {
        const auto offer = offers.find(line.form());
        const std::int64_t stock = offer == offers.end() ? 0 : offer->second.stock;
        const ShortLine short_line{line.id, line.product, line.variant, line.quantity, stock};
        if (offer == offers.end()) {
            found.unavailable.push_back(short_line);
            continue;
        }
        if (stock < line.quantity) {
            found.out_of_stock.push_back(short_line);
        }
        if (offer->second.price > line.price) {
            found.raised.push_back({line.id, contracts::to_price({line.price, cart.currency}),
                                    contracts::to_price({offer->second.price, cart.currency})});
        }
    }
    return found;
}

void refuse_lines(std::string code, std::string message, const std::vector<ShortLine>& lines) {
    Failure failure{Kind::conflict, std::move(code), std::move(message)};
    wire::add_value(failure, "lines", lines);
    throw failure;
}

}  // namespace

contracts::CartVerdict judge(const CartState& cart, const Prices& prices) {
    const Findings found = look_at(cart, prices.offers);
    contracts::CartVerdict verdict;
    if (cart.lines.empty()) {
        verdict.problems.push_back({"cart.empty", std::nullopt});
    }
    for (const ShortLine& line : found.unavailable) {
        verdict.problems.push_back({"product.unavailable", line.line_id});
    }
    for (const ShortLine& line : found.out_of_stock) {
        verdict.problems.push_back({"product.out_of_stock", line.line_id});
    }
    for (const PriceChange& change : found.raised) {
        verdict.problems.push_back({"product.price_changed", change.line_id});
    }
    const std::int64_t subtotal = subtotal_of(cart, prices.offers);
    if (cart.coupon && fault_of(prices.coupon, cart, subtotal, prices.now)) {
        verdict.problems.push_back({"coupon.invalid", std::nullopt});
    }
    verdict.valid = verdict.problems.empty();
    return verdict;
}

void check_buyable(const CartState& cart, const Offers& offers, contracts::Changes changes) {
    if (cart.lines.empty()) {
        throw Failure{Kind::invalid, "cart.empty", "There is nothing in the cart."};
    }
    const Findings found = look_at(cart, offers);
    if (!found.unavailable.empty()) {
        refuse_lines("product.unavailable",
                     "Something in the cart is not sold any more. Take it out.", found.unavailable);
    }
    if (!found.out_of_stock.empty()) {
        refuse_lines("product.out_of_stock",
                     "There is not enough of something in the cart. Take fewer, or take it out.",
                     found.out_of_stock);
    }
    if (!found.raised.empty() && changes == contracts::Changes::refuse) {
        Failure failure{Kind::conflict, "product.price_changed",
                        "Prices rose since they were put into the cart. Say that you accept them."};
        wire::add_value(failure, "changes", found.raised);
        throw failure;
    }
}

}  // namespace loquat::cart
