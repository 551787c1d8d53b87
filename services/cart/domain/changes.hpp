#pragma once
#include "services/cart/domain/cart_state.hpp"

// What people do to a cart.  Pure: each gives whether anything is other than before, or throws the
// Failure that the contract names and has changed nothing.
namespace loquat::cart {

enum class Changed { no, yes };

// The line that somebody means: by its id, or by what it is of.
struct LineWish {
    std::optional<std::string> line_id;
    std::optional<ProductId> product;
    std::optional<VariantId> variant;
};

// 409 while a checkout holds it, or when it is over; 409 cart.version_moved.
void check_open(const CartState& cart, Time now);
void check_version(const CartState& cart, std::optional<std::int64_t> expected);

// 404 cart.line_not_found, 409 cart.line_ambiguous.
std::size_t find_line(const CartState& cart, const LineWish& wish);

Changed add(CartState& cart, const Offer& offer, std::int64_t quantity);
// `quantity` absent: the whole line.
Changed remove(CartState& cart, const LineWish& wish, std::optional<std::int64_t> quantity,
               const Offers& offers);
// The offer of that line must be among `offers` for more than 0.
Changed set_quantity(CartState& cart, const LineWish& wish, std::int64_t quantity,
                     const Offers& offers);
Changed clear(CartState& cart);
Changed set_coupon(CartState& cart, std::optional<std::string> code);

// All lines of `from` into `into`; what goes beyond 999 of a line or 500 lines stays out.  Stock is
// not asked: what is too much shows as a notice.
std::vector<contracts::MergedLine> merge(CartState& into, const CartState& from);

}  // namespace loquat::cart
