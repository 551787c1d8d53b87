#include <algorithm>
#include <random>

#include "bench/cart.hpp"
#include "services/cart/domain/pricing.hpp"

namespace loquat::bench {
namespace {

using cart::AmountOff;
using cart::Discount;
using cart::NoDiscount;
using cart::PercentOff;
using cart::PriceOf;
using cart::Sums;
using cart::Tax;

// Half away from zero, digit by digit: nothing of how the shop reckons is in it.
std::int64_t divide(std::int64_t amount, std::int64_t numerator, std::int64_t denominator) {
    const __int128 product = static_cast<__int128>(amount) * numerator;
    const __int128 whole = product / denominator;
    const __int128 rest = product % denominator;
    return static_cast<std::int64_t>(rest * 2 >= denominator ? whole + 1 : whole);
}

// Each line's part of an amount: rounded down, then one more for who lost most.
std::vector<std::int64_t> share_out(std::int64_t amount, const std::vector<std::int64_t>& weights) {
    __int128 all = 0;
    for (const std::int64_t weight : weights) {
        all += weight;
    }
    std::vector<std::int64_t> parts(weights.size(), 0);
    if (all == 0) {
        return parts;
    }
    std::vector<std::pair<__int128, std::size_t>> lost;
    std::int64_t left = amount;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const __int128 product = static_cast<__int128>(amount) * weights[i];
        parts[i] = static_cast<std::int64_t>(product / all);
        left -= parts[i];
        lost.emplace_back(-(product % all), i);
    }
    std::ranges::sort(lost);
    for (std::int64_t i = 0; i < left; ++i) {
        ++parts[lost[static_cast<std::size_t>(i)].second];
    }
    return parts;
}

struct RandomCart {
    std::vector<PriceOf> lines;
    Discount discount;
    Tax tax = Tax::included;
};

RandomCart random_cart(std::mt19937& random) {
    RandomCart made;
    made.lines.resize(1 + random() % 10);
    constexpr std::array<std::int64_t, 8> rates{0, 500, 700, 825, 1000, 1900, 2000, 2500};
    for (PriceOf& line : made.lines) {
        line = {static_cast<std::int64_t>(random() % 100'000),
                static_cast<std::int64_t>(1 + random() % 999), rates.at(random() % rates.size())};
    }
    made.tax = random() % 2 == 0 ? Tax::included : Tax::added;
    switch (random() % 3) {
        case 0:
            made.discount = PercentOff{static_cast<std::int64_t>(1 + random() % 100)};
            break;
        case 1:
            made.discount = AmountOff{static_cast<std::int64_t>(random() % 10'000'000)};
            break;
        default:
            made.discount = NoDiscount{};
    }
    return made;
}

std::vector<std::int64_t> discounts_of(const RandomCart& one,
                                       const std::vector<std::int64_t>& subtotals) {
    if (const auto* percent = std::get_if<PercentOff>(&one.discount)) {
        std::vector<std::int64_t> off;
        for (const std::int64_t subtotal : subtotals) {
            off.push_back(divide(subtotal, percent->percent, 100));
        }
        return off;
    }
    std::int64_t all = 0;
    for (const std::int64_t subtotal : subtotals) {
        all += subtotal;
    }
    const auto* amount = std::get_if<AmountOff>(&one.discount);
    return share_out(amount == nullptr ? 0 : std::min(all, amount->amount), subtotals);
}

bool is_right(const RandomCart& one) {
    const cart::Priced priced = cart::price(one.lines, one.discount, one.tax);
    std::vector<std::int64_t> subtotals;
    for (const PriceOf& line : one.lines) {
        subtotals.push_back(line.unit * line.quantity);
    }
    const auto off = discounts_of(one, subtotals);
    Sums totals;
    for (std::size_t i = 0; i < one.lines.size(); ++i) {
        const std::int64_t left = subtotals[i] - off[i];
        const bool is_added = one.tax == Tax::added;
        const std::int64_t tax =
            divide(left, one.lines[i].tax_rate, is_added ? 10'000 : 10'000 + one.lines[i].tax_rate);
        const Sums wanted{subtotals[i], off[i], tax, is_added ? left + tax : left};
        if (priced.lines[i] != wanted) {
            return false;
        }
        totals.subtotal += wanted.subtotal;
        totals.discount += wanted.discount;
        totals.tax += wanted.tax;
        totals.total += wanted.total;
    }
    return priced.totals == totals;
}

}  // namespace

Task<wire::Value> count_wrong_cents(aio::Loop&, CentsOptions options) {
    std::mt19937 random{options.seed};
    std::int64_t wrong = 0;
    for (std::uint64_t i = 0; i < options.carts; ++i) {
        wrong += is_right(random_cart(random)) ? 0 : 1;
    }
    co_return wire::Object{{"carts", options.carts}, {"wrong", wrong}};
}

}  // namespace loquat::bench
