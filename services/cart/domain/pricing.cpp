#include "services/cart/domain/pricing.hpp"

#include <algorithm>
#include <numeric>

#include "base/money.hpp"

namespace loquat::cart {
namespace {

constexpr std::int64_t whole_rate = 10'000;  // 100 % in hundredths of a percent

std::vector<std::int64_t> discounts_of(std::span<const std::int64_t> subtotals,
                                       const Discount& discount) {
    std::vector<std::int64_t> off(subtotals.size(), 0);
    if (const auto* percent = std::get_if<PercentOff>(&discount)) {
        std::ranges::transform(subtotals, off.begin(), [percent](std::int64_t subtotal) {
            return part_of(subtotal, percent->percent, 100);
        });
    } else if (const auto* amount = std::get_if<AmountOff>(&discount)) {
        const auto all = std::accumulate(subtotals.begin(), subtotals.end(), std::int64_t{0});
        off = split(std::min(amount->amount, all), subtotals);
    }
    return off;
}

std::int64_t tax_of(std::int64_t net_of_discount, std::int64_t rate, Tax tax) {
    return part_of(net_of_discount, rate, tax == Tax::included ? whole_rate + rate : whole_rate);
}

}  // namespace

Priced price(std::span<const PriceOf> lines, const Discount& discount, Tax tax) {
    std::vector<std::int64_t> subtotals(lines.size());
    std::ranges::transform(lines, subtotals.begin(),
                           [](const PriceOf& line) { return line.unit * line.quantity; });
    const std::vector<std::int64_t> off = discounts_of(subtotals, discount);
    Priced priced;
    priced.lines.reserve(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        Sums line{.subtotal = subtotals[i], .discount = off[i]};
        const std::int64_t left = line.subtotal - line.discount;
        line.tax = tax_of(left, lines[i].tax_rate, tax);
        line.total = tax == Tax::included ? left : left + line.tax;
        priced.totals.subtotal += line.subtotal;
        priced.totals.discount += line.discount;
        priced.totals.tax += line.tax;
        priced.totals.total += line.total;
        priced.lines.push_back(line);
    }
    return priced;
}

}  // namespace loquat::cart
