#include "base/money.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace loquat {
namespace {

Currency currency(std::string_view code) { return Currency::parse(code).value(); }

TEST(Currency, is_one_of_the_list_in_capitals) {
    for (const auto* code : {"AED", "EUR", "USD", "ZWG"}) {
        EXPECT_EQ(currency(code).code(), code);
    }
    for (const auto* code : {"", "EU", "eur", "EURO", "XTS", "E R", "UR ", "R U"}) {
        EXPECT_FALSE(Currency::parse(code)) << code;
    }
}

TEST(Currency, has_the_digits_of_its_minor_unit) {
    EXPECT_EQ(currency("JPY").digits(), 0);
    EXPECT_EQ(currency("EUR").digits(), 2);
    EXPECT_EQ(currency("KWD").digits(), 3);
}

TEST(Money, is_written_with_all_its_digits) {
    EXPECT_EQ(to_text({1999, currency("EUR")}), "19.99 EUR");
    EXPECT_EQ(to_text({5, currency("EUR")}), "0.05 EUR");
    EXPECT_EQ(to_text({0, currency("KWD")}), "0.000 KWD");
    EXPECT_EQ(to_text({-1234, currency("KWD")}), "-1.234 KWD");
    EXPECT_EQ(to_text({-7, currency("JPY")}), "-7 JPY");
    EXPECT_EQ(to_text({INT64_MIN, currency("JPY")}), "-9223372036854775808 JPY");
}

TEST(Money, is_read_exactly_or_not_at_all) {
    const Currency euro = currency("EUR");
    EXPECT_EQ(parse_amount("19.99", euro), 1999);
    EXPECT_EQ(parse_amount("19.9", euro), 1990);
    EXPECT_EQ(parse_amount("19", euro), 1900);
    EXPECT_EQ(parse_amount("007", euro), 700);
    EXPECT_EQ(parse_amount("500", currency("JPY")), 500);
    EXPECT_EQ(parse_amount("0.001", currency("KWD")), 1);
    EXPECT_EQ(parse_amount("10000000000000.00", euro), money_max);
    for (const auto* text : {"", ".", "1.", ".5", "1.999", "-1", "+1", "1e3", " 1", "1,99", "0x1",
                             "10000000000000.01", "99999999999999999999999999999999"}) {
        EXPECT_FALSE(parse_amount(text, euro)) << text;
    }
    EXPECT_FALSE(parse_amount("1.0", currency("JPY")));
}

TEST(Money, rounds_halves_away_from_zero) {
    EXPECT_EQ(part_of(5, 1, 2), 3);
    EXPECT_EQ(part_of(-5, 1, 2), -3);
    EXPECT_EQ(part_of(4, 1, 3), 1);
    EXPECT_EQ(part_of(5, 1, 3), 2);
    EXPECT_EQ(part_of(money_max, money_max, money_max), money_max);
}

// Sums over which shops have quarrelled: 51.86 less 40 % plus 8.25 %, 10 x 14.28 at 19 %.
TEST(Money, gives_the_cents_that_are_right) {
    const std::int64_t discounted = 5186 - part_of(5186, 40, 100);
    EXPECT_EQ(discounted, 3112);
    EXPECT_EQ(discounted + part_of(discounted, 825, 10'000), 3369);
    EXPECT_EQ(1890 - part_of(1890, 15, 100), 1606);
    EXPECT_EQ(part_of(14'280, 1'900, 11'900), 2'280);
    EXPECT_EQ(part_of(14'280, 1'900, 10'000), 2'713);
}

TEST(Money, is_split_by_the_largest_remainder_and_ties_go_to_the_earlier) {
    const std::vector<std::int64_t> equal{1, 1, 1};
    EXPECT_EQ(split(100, equal), (std::vector<std::int64_t>{34, 33, 33}));
    const std::vector<std::int64_t> unequal{1999, 500, 1};
    EXPECT_EQ(split(1000, unequal), (std::vector<std::int64_t>{800, 200, 0}));
    const std::vector<std::int64_t> nothing{0, 0};
    EXPECT_EQ(split(7, nothing), (std::vector<std::int64_t>{0, 0}));
    EXPECT_TRUE(split(7, {}).empty());
    const std::vector<std::int64_t> large{money_max, money_max};
    EXPECT_EQ(split(money_max - 1, large),
              (std::vector<std::int64_t>{money_max / 2, money_max / 2 - 1}));
}

TEST(Money, keeps_every_unit_when_it_is_split) {
    std::mt19937_64 random{42};
    std::uniform_int_distribution<std::int64_t> size{0, 1'000'000};
    for (int round = 0; round < 2'000; ++round) {
        std::vector<std::int64_t> weights(1 + random() % 40);
        for (std::int64_t& weight : weights) {
            weight = random() % 4 == 0 ? 0 : size(random);
        }
        const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
        const std::int64_t amount = size(random);
        const auto parts = split(amount, weights);
        EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}),
                  sum == 0 ? 0 : amount);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const std::int64_t exact = sum == 0 ? 0 : amount * weights[i] / sum;
            EXPECT_TRUE(parts[i] == exact || parts[i] == exact + 1);
        }
    }
}

}  // namespace
}  // namespace loquat
