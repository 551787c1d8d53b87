#include "aio/scope.hpp"
#include "services/product/tests/world.hpp"

// What the store promises, over all kinds of databases.
namespace loquat::product {
namespace {

using contracts::ReservationRef;
using contracts::ReservationState;
using test::Keeping;

class EveryStore : public testing::TestWithParam<Keeping>, protected World {
  protected:
    EveryStore() : World(GetParam()) {}
};

INSTANTIATE_TEST_SUITE_P(Databases, EveryStore, testing::Values(Keeping::sqlite, Keeping::postgres),
                         [](const auto& one) { return test::name_of(one.param); });

TEST_P(EveryStore, gives_back_what_was_written) {
    auto wanted = input("A-1", 1999, 3);
    wanted.ean = "4006381333931";
    wanted.brand = "Acme";
    wanted.category = "Tools";
    wanted.attributes["weight"] = 2.5;
    wanted.attributes["tags"] = wire::Array{"a", "b"};
    wanted.variants = {variant("A-1-r", "red", 2100, 0), variant("A-1-b", "blue", 2500, 4)};

    const auto made = create(wanted);
    Instance next{*database, clock, Sharing::alone};
    run(next.shelf.catch_up());

    const auto kept = run(next.products.get_product({}, {"A-1"})).body;
    EXPECT_EQ(wire::encode(kept), wire::encode(made));
    EXPECT_EQ(kept.stock, 4);
    EXPECT_EQ(kept.price.amount, 2500) << "the lowest that is in stock";
    EXPECT_EQ(*kept.price.text, "25.00 EUR");
    EXPECT_EQ(kept.options.at("colour"), (std::vector<std::string>{"red", "blue"}));
}

TEST_P(EveryStore, shows_another_instance_what_was_acknowledged) {
    Instance other{*database, clock, Sharing::shared};
    const auto first = create(input("A-1"));
    const auto second = create(input("A-2"));
    run(other.shelf.catch_up());
    contracts::PatchProductRequest patch;
    patch.id = "A-1";
    patch.name = "Lamp";

    run(shop.products.patch_product(admin(), patch));
    run(shop.products.delete_product(admin(), {"A-2"}));
    run(shop.stock.reserve_stock({}, wish(first, 4)));

    const auto seen = run(other.products.get_product({}, {"A-1"})).body;
    EXPECT_EQ(seen.name, "Lamp");
    EXPECT_EQ(seen.stock, 6);
    EXPECT_EQ(run(test::code_of(other.products.get_product({}, {second.id.to_string()}))),
              "product.not_found");
}

TEST_P(EveryStore, gives_each_sku_to_one_product) {
    auto first = input("A");
    first.variants = {variant("A-red", "red", 1, 1)};
    create(first);
    const auto other = create(input("B"));
    contracts::PatchProductRequest patch;
    patch.id = "B";
    patch.sku = "A-red";

    EXPECT_EQ(run(test::code_of(shop.products.create_product(admin(), input("A")))),
              "product.sku_taken");
    EXPECT_EQ(run(test::code_of(shop.products.patch_product(admin(), patch))), "product.sku_taken");
    EXPECT_EQ(get("B").id, other.id) << "nothing of it was done";
    run(shop.products.delete_product(admin(), {"A"}));
    EXPECT_EQ(run(test::code_of(shop.products.create_product(admin(), input("A-red")))), "ok");
}

TEST_P(EveryStore, never_holds_more_than_there_is) {
    const auto product = create(input("A", 1000, 25));
    std::vector<std::string> codes;
    auto buy = [this, &product](std::vector<std::string>& all) -> Task<void> {
        auto call = shop.stock.reserve_stock({}, wish(product, 1));
        std::string code = co_await test::code_of(std::move(call));
        all.push_back(std::move(code));
    };
    auto buy_all = [&]() -> Task<void> {
        aio::Scope scope{loop, "buyers"};
        for (int i = 0; i < 100; ++i) {
            scope.start(buy(codes));
        }
        while (codes.size() < 100) {
            co_await loop.sleep_for(std::chrono::milliseconds{1});
        }
        co_await scope.close();
    };
    run(buy_all());

    EXPECT_EQ(std::ranges::count(codes, "ok"), 25);
    EXPECT_EQ(std::ranges::count(codes, "product.out_of_stock"), 75);
    EXPECT_EQ(get("A").stock, 0);
}

TEST_P(EveryStore, does_each_step_of_a_reservation_once) {
    const auto product = create(input("A", 1000, 10));
    const auto wanted = wish(product, 3);
    const ReservationRef ref{wanted.reservation_id};
    const auto twice = [this](auto step) {
        run(step());
        run(step());
    };

    twice([&] { return shop.stock.reserve_stock({}, wanted); });
    EXPECT_EQ(get("A").stock, 7);
    twice([&] { return shop.stock.take_stock({}, ref); });
    EXPECT_EQ(get("A").stock, 7);
    EXPECT_EQ(run(test::code_of(shop.stock.release_stock({}, ref))), "stock.already_taken");
    twice([&] { return shop.stock.return_stock({}, ref); });
    EXPECT_EQ(get("A").stock, 10);
    EXPECT_EQ(run(test::code_of(shop.stock.take_stock({}, ref))), "stock.reservation_over");

    const auto other = wish(product, 4);
    run(shop.stock.reserve_stock({}, other));
    twice([&] { return shop.stock.release_stock({}, {other.reservation_id}); });
    EXPECT_EQ(get("A").stock, 10);
    EXPECT_EQ(reserve(other), "stock.reservation_over");
}

TEST_P(EveryStore, ends_what_was_held_for_too_long) {
    const auto product = create(input("A", 1000, 5));
    const auto first = wish(product, 3);
    run(shop.stock.reserve_stock({}, first));
    EXPECT_EQ(reserve(wish(product, 3)), "product.out_of_stock");

    clock.advance(std::chrono::seconds{600});

    EXPECT_EQ(reserve(wish(product, 3)), "ok") << "whoever comes next does not wait for a timer";
    EXPECT_EQ(get("A").stock, 2);
    EXPECT_EQ(run(test::code_of(shop.stock.take_stock({}, {first.reservation_id}))),
              "product.out_of_stock");
    const auto late = wish(product, 2);
    run(shop.stock.reserve_stock({}, late));
    clock.advance(std::chrono::seconds{600});
    run(shop.stock.end_overdue());
    EXPECT_EQ(get("A").stock, 5);
    EXPECT_EQ(run(shop.stock.take_stock({}, {late.reservation_id})).state, ReservationState::taken)
        << "paid late, and there is enough";
    EXPECT_EQ(get("A").stock, 3);
}

TEST_P(EveryStore, holds_all_lines_or_none) {
    auto shirt = input("S", 1000, 0);
    shirt.variants = {variant("S-r", "red", 900, 2), variant("S-b", "blue", 800, 1)};
    const auto product = create(shirt);
    const auto other = create(input("B", 1000, 5));
    auto wanted = wish(product, 2, product.variants[0].id);
    wanted.lines.push_back({.product_id = other.id, .variant_id = {}, .quantity = 6});

    EXPECT_EQ(reserve(wanted), "product.out_of_stock");
    EXPECT_EQ(get("S").stock, 3);
    wanted.lines.back().quantity = 5;
    EXPECT_EQ(reserve(wanted), "ok");
    EXPECT_EQ(get("S").stock, 1);
    EXPECT_EQ(get("S").price.amount, 800) << "red is not there any more";
    EXPECT_EQ(get("B").stock, 0);
    EXPECT_EQ(reserve(wish(product, 1)), "product.unavailable") << "in no form";
}

TEST_P(EveryStore, keeps_what_is_held_when_a_product_is_written_anew) {
    const auto product = create(input("A", 1000, 5));
    const auto held = wish(product, 2);
    run(shop.stock.reserve_stock({}, held));
    contracts::PatchProductRequest patch;
    patch.id = "A";
    patch.stock = 7;

    EXPECT_EQ(run(shop.products.patch_product(admin(), patch)).body.stock, 7);
    run(shop.stock.release_stock({}, {held.reservation_id}));

    EXPECT_EQ(get("A").stock, 9);
    run(shop.products.delete_product(admin(), {"A"}));
    EXPECT_EQ(reserve(wish(product, 1)), "product.unavailable");
}

}  // namespace
}  // namespace loquat::product
