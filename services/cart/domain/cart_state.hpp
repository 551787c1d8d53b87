#pragma once
#include <compare>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/money.hpp"
#include "contracts/cart/carts.hpp"

namespace loquat::cart {

using contracts::CheckoutId;
using contracts::LineId;
using contracts::ProductId;
using contracts::ShopSessionId;
using contracts::VariantId;

// What can be bought: a product, or one variant of it.
struct Form {
    ProductId product;
    std::optional<VariantId> variant;

    friend auto operator<=>(const Form&, const Form&) = default;
};

// A form as it is sold now.
struct Offer {
    Form form;
    std::string sku;
    std::string name;
    std::optional<std::string> image;
    std::map<std::string, std::string> options;
    std::int64_t price = 0;
    std::string currency;
    std::int64_t stock = 0;
    std::int64_t tax_rate = 0;  // hundredths of a percent
};
// Of a cart's forms those that are still sold.
using Offers = std::map<Form, Offer>;

// A line as it was changed last: what is remembered tells what has changed since, and shows what is
// not sold any more.
struct Line {
    LineId id;
    ProductId product;
    std::optional<VariantId> variant;
    std::int64_t quantity = 0;
    std::int64_t price = 0;
    std::int64_t tax_rate = 0;
    std::string sku;
    std::string name;
    std::optional<std::string> image;
    std::map<std::string, std::string> options;

    Form form() const { return {product, variant}; }
    friend bool operator==(const Line&, const Line&) = default;
};
BOOST_DESCRIBE_STRUCT(Line, (),
                      (id, product, variant, quantity, price, tax_rate, sku, name, image, options))

enum class CartStatus {
    open,
    held,     // for a checkout; nobody changes it
    ordered,  // over
    merged,   // over: its lines are in another cart
};
BOOST_DESCRIBE_ENUM(CartStatus, open, held, ordered, merged)

// A cart as it is kept.
struct CartState {
    ShopSessionId session;
    UserId owner;
    Currency currency;
    Time expires_at;
    std::int64_t revision = 0;  // grows with each time that it is stored; 0: never was
    std::int64_t version = 0;   // grows with each real change of what is in it
    CartStatus status = CartStatus::open;
    std::optional<CheckoutId> checkout;  // that holds it, or that bought it
    std::vector<Line> lines;             // in the order of first adding
    std::optional<std::string> coupon;   // its code
    Time updated_at;
};

}  // namespace loquat::cart
