#include "services/cart/domain/changes.hpp"

#include <gtest/gtest.h>

#include "services/cart/domain/offers.hpp"
#include "testing/failure_code.hpp"

namespace loquat::cart {
namespace {

using test::code_of;

Offer offer(std::int64_t price = 100, std::int64_t stock = 10'000) {
    return {.form = {ProductId::make(), std::nullopt},
            .name = "Pear",
            .price = price,
            .currency = "EUR",
            .stock = stock};
}

CartState empty_cart() {
    return {.session = ShopSessionId::make(),
            .owner = UserId::make(),
            .currency = *Currency::parse("EUR")};
}

contracts::Product product_with(std::vector<contracts::Variant> variants) {
    return {.id = ProductId::make(),
            .sku = "P",
            .name = "Shirt",
            .price = {.amount = 500, .currency = "EUR"},
            .stock = 7,
            .variants = std::move(variants)};
}

contracts::Variant variant(std::string colour) {
    return {.id = VariantId::make(),
            .sku = "P-" + colour,
            .options = {{"colour", colour}},
            .price = {.amount = 600, .currency = "EUR"},
            .stock = 3};
}

TEST(CartChanges, fill_a_cart_up_to_500_lines) {
    CartState cart = empty_cart();
    for (std::size_t i = 0; i < contracts::cart_lines_max; ++i) {
        add(cart, offer(), 1);
    }

    EXPECT_EQ(code_of([&] { add(cart, offer(), 1); }), "cart.limit");
    EXPECT_EQ(cart.lines.size(), contracts::cart_lines_max);
}

TEST(CartChanges, never_make_a_cart_worth_more_than_can_be_counted) {
    CartState cart = empty_cart();
    const Offer dear = offer(money_max / 4);

    EXPECT_EQ(code_of([&] { add(cart, dear, 999); }), "cart.limit");
    EXPECT_TRUE(cart.lines.empty());
    EXPECT_EQ(code_of([&] { add(cart, dear, 2); }), "");
    EXPECT_EQ(code_of([&] { add(cart, offer(money_max / 4), 1); }), "cart.limit");
}

TEST(CartChanges, want_one_line_named_where_several_are_of_a_product) {
    CartState cart = empty_cart();
    const ProductId shirt = ProductId::make();
    for (int i = 0; i < 2; ++i) {
        Offer one = offer();
        one.form = {shirt, VariantId::make()};
        add(cart, one, 1);
    }

    EXPECT_EQ(code_of([&] { remove(cart, {.product = shirt}, 1, {}); }), "cart.line_ambiguous");
    EXPECT_EQ(
        code_of([&] { remove(cart, {.product = shirt, .variant = cart.lines[1].variant}, 1, {}); }),
        "");
    EXPECT_EQ(cart.lines.size(), 1U);
    EXPECT_EQ(code_of([&] { remove(cart, {.line_id = "nothing"}, 1, {}); }), "cart.line_not_found");
}

TEST(CartChanges, do_not_set_what_is_not_sold_any_more_but_take_it_out) {
    CartState cart = empty_cart();
    const Offer pear = offer();
    add(cart, pear, 3);
    const LineWish wish{.product = pear.form.product};

    EXPECT_EQ(code_of([&] { set_quantity(cart, wish, 2, {}); }), "product.not_found");
    EXPECT_EQ(set_quantity(cart, wish, 0, {}), Changed::yes);
}

TEST(Offers, are_of_the_variant_that_is_chosen) {
    const auto shirt = product_with({variant("blue"), variant("red")});

    const auto red = offer_of(shirt, shirt.variants[1].id, 1900);

    EXPECT_EQ(red->sku, "P-red");
    EXPECT_EQ(red->price, 600);
    EXPECT_EQ(red->stock, 3);
    EXPECT_EQ(red->tax_rate, 1900);
    EXPECT_FALSE(offer_of(shirt, VariantId::make(), 0));
    EXPECT_FALSE(offer_of(shirt, std::nullopt, 0));
    EXPECT_FALSE(offer_of(product_with({}), VariantId::make(), 0));
}

TEST(Offers, of_a_product_with_several_variants_need_a_choice) {
    EXPECT_EQ(only_variant(product_with({})), std::nullopt);
    const auto one = product_with({variant("blue")});
    EXPECT_EQ(only_variant(one), one.variants[0].id);
    try {
        only_variant(product_with({variant("blue"), variant("red")}));
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.code, "product.variant_needed");
        EXPECT_EQ(failure.values.at(0).first, "choices");
    }
}

}  // namespace
}  // namespace loquat::cart
