#pragma once
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

// What a cart costs: whole minor units, every rule in one place, nothing else known.
namespace loquat::cart {

// Sums of carts stay within money_max; who builds a cart refuses more.
struct PriceOf {
    std::int64_t unit = 0;  // not negative
    std::int64_t quantity = 0;
    std::int64_t tax_rate = 0;  // hundredths of a percent
};

struct NoDiscount {};
struct PercentOff {
    std::int64_t percent = 0;  // 1 to 100, of each line
};
struct AmountOff {
    std::int64_t amount = 0;  // of the whole, never more than there is
};
using Discount = std::variant<NoDiscount, PercentOff, AmountOff>;

enum class Tax {
    included,  // prices hold it
    added,     // it comes on top
};

struct Sums {
    std::int64_t subtotal = 0;
    std::int64_t discount = 0;
    std::int64_t tax = 0;
    std::int64_t total = 0;

    friend bool operator==(const Sums&, const Sums&) = default;
};

struct Priced {
    std::vector<Sums> lines;
    Sums totals;  // the sums of the lines, always
};

// Each line is rounded by itself, halves away from zero.  An amount off is split by subtotals with
// the largest remainder, the earlier line first.
Priced price(std::span<const PriceOf> lines, const Discount& discount, Tax tax);

}  // namespace loquat::cart
