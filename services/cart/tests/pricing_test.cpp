#include "services/cart/domain/pricing.hpp"

#include <gtest/gtest.h>

#include <random>

namespace loquat::cart {
namespace {

// What a single line costs: unit price x quantity, a discount, a rate.
struct Case {
    const char* name;
    PriceOf line;
    Discount discount;
    Tax tax;
    Sums wanted;
};

TEST(Pricing, is_right_to_the_cent_where_shops_have_been_wrong) {
    const Case cases[] = {
        {"51.86 less 40 % plus 8.25 %",
         {5186, 1, 825},
         PercentOff{40},
         Tax::added,
         {5186, 2074, 257, 3369}},
        {"18.90 less 15 %", {1890, 1, 0}, PercentOff{15}, Tax::included, {1890, 284, 0, 1606}},
        {"9.99 with 20 % in it, less 100 %",
         {999, 1, 2000},
         PercentOff{100},
         Tax::included,
         {999, 999, 0, 0}},
        {"10 x 14.28 hold 19 %",
         {1428, 10, 1900},
         NoDiscount{},
         Tax::included,
         {14280, 0, 2280, 14280}},
        {"10 x 14.28 and 19 %",
         {1428, 10, 1900},
         NoDiscount{},
         Tax::added,
         {14280, 0, 2713, 16993}},
        {"halves go up", {1, 1, 5000}, NoDiscount{}, Tax::added, {1, 0, 1, 2}},
        {"more off than there is", {500, 1, 0}, AmountOff{900}, Tax::included, {500, 500, 0, 0}},
        {"no cents at all: yen",
         {1980, 3, 1000},
         PercentOff{33},
         Tax::added,
         {5940, 1960, 398, 4378}},
    };
    for (const Case& one : cases) {
        const Priced priced = price(std::span{&one.line, 1}, one.discount, one.tax);

        EXPECT_EQ(priced.lines.at(0), one.wanted) << one.name;
        EXPECT_EQ(priced.totals, one.wanted) << one.name;
    }
}

TEST(Pricing, splits_an_amount_by_subtotals_with_the_largest_remainder_and_the_earlier_line_first) {
    const PriceOf lines[] = {{100, 1, 0}, {100, 1, 0}, {100, 1, 0}};

    const Priced priced = price(lines, AmountOff{100}, Tax::included);

    EXPECT_EQ(priced.lines.at(0).discount, 34);
    EXPECT_EQ(priced.lines.at(1).discount, 33);
    EXPECT_EQ(priced.lines.at(2).discount, 33);
    EXPECT_EQ(priced.totals.discount, 100);
}

TEST(Pricing, of_nothing_is_nothing) {
    EXPECT_EQ(price({}, AmountOff{100}, Tax::added).totals, Sums{});
}

Discount any_discount(std::mt19937& random) {
    switch (random() % 3) {
        case 0:
            return PercentOff{static_cast<std::int64_t>(1 + random() % 100)};
        case 1:
            return AmountOff{static_cast<std::int64_t>(random() % 1'000'000)};
        default:
            return NoDiscount{};
    }
}

TEST(Pricing, adds_up_for_any_cart) {
    std::mt19937 random{7};
    for (int round = 0; round < 20'000; ++round) {
        std::vector<PriceOf> lines(1 + random() % 12);
        for (PriceOf& line : lines) {
            line = {static_cast<std::int64_t>(random() % 200'000),
                    static_cast<std::int64_t>(1 + random() % 999),
                    static_cast<std::int64_t>(random() % 10'001)};
        }
        const Discount discount = any_discount(random);
        const Tax tax = random() % 2 == 0 ? Tax::included : Tax::added;

        const Priced priced = price(lines, discount, tax);

        Sums sums;
        for (const Sums& line : priced.lines) {
            ASSERT_GE(line.discount, 0);
            ASSERT_LE(line.discount, line.subtotal);
            ASSERT_GE(line.tax, 0);
            ASSERT_EQ(line.total,
                      line.subtotal - line.discount + (tax == Tax::added ? line.tax : 0));
            sums.subtotal += line.subtotal;
            sums.discount += line.discount;
            sums.tax += line.tax;
            sums.total += line.total;
        }
        ASSERT_EQ(priced.totals, sums) << "round " << round;
        if (const auto* amount = std::get_if<AmountOff>(&discount)) {
            ASSERT_EQ(sums.discount, std::min(amount->amount, sums.subtotal));
        }
    }
}

}  // namespace
}  // namespace loquat::cart
