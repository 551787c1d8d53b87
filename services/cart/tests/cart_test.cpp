#include "services/cart/tests/world.hpp"

namespace loquat::cart {
namespace {

std::string value_in(const Failure& failure, std::string_view name) {
    for (const auto* list : {&failure.extra, &failure.values}) {
        for (const auto& [member, value] : *list) {
            if (member == name) {
                return value;
            }
        }
    }
    return {};
}

TEST_F(CartWorld, holds_one_line_of_each_thing_in_the_order_of_first_adding) {
    shelf.put("pear", 150, 100);
    shelf.put("plum", 80, 100);

    add("pear", 2);
    add("plum");
    const contracts::Cart cart = add("pear");

    ASSERT_EQ(cart.lines.size(), 2U);
    EXPECT_EQ(cart.lines[0].sku, "pear");
    EXPECT_EQ(cart.lines[0].quantity, 3);
    EXPECT_EQ(cart.lines[1].sku, "plum");
    EXPECT_EQ(cart.version, 3);
    EXPECT_EQ(cart.totals.total.amount, 530);
    EXPECT_EQ(cart.totals.total.text, "5.30 EUR");
}

TEST_F(CartWorld, is_empty_and_of_version_0_before_anything_was_put_in) {
    const contracts::Cart cart = now();

    EXPECT_TRUE(cart.lines.empty());
    EXPECT_EQ(cart.version, 0);
}

TEST_F(CartWorld, is_not_there_for_anybody_else_not_even_the_administrator) {
    shelf.put("pear", 150, 100);
    add("pear");
    const auto ben = test::caller_as(UserId::make());
    const contracts::CartRef ref{session.to_string()};

    EXPECT_EQ(code(carts.get_cart(ben, ref)), "session.not_found");
    EXPECT_EQ(code(carts.get_cart(admin, ref)), "session.not_found");
    EXPECT_EQ(code(carts.add_to_cart(ben, adding("pear"))), "session.not_found");
    EXPECT_EQ(code(carts.get_cart(ana, {"session:" + session.to_string()})), "ok");
    EXPECT_EQ(code(carts.get_cart(ana, {"nonsense"})), "session.not_found");
    EXPECT_EQ(now().version, 1);
}

TEST_F(CartWorld, refuses_more_than_there_is_and_adds_nothing) {
    shelf.put("pear", 150, 5);
    add("pear", 3);

    const Failure refused = refusal(carts.add_to_cart(ana, adding("pear", 3)));

    EXPECT_EQ(refused.code, "product.out_of_stock");
    EXPECT_EQ(value_in(refused, "available"), "5");
    EXPECT_EQ(now().lines.at(0).quantity, 3);
    EXPECT_EQ(now().version, 1);
}

TEST_F(CartWorld, has_at_most_999_of_one_thing) {
    shelf.put("pear", 150, 5000);
    add("pear", 999);

    EXPECT_EQ(code(carts.add_to_cart(ana, adding("pear"))), "cart.limit");
}

TEST_F(CartWorld, refuses_another_currency) {
    shelf.put("pear", 150, 5).currency = "USD";

    EXPECT_EQ(code(carts.add_to_cart(ana, adding("pear"))), "product.currency_mismatch");
}

TEST_F(CartWorld, counts_only_real_changes) {
    shelf.put("pear", 150, 10);
    add("pear", 2);
    contracts::UpdateCart same{
        .session_id = session.to_string(), .product_id = "pear", .quantity = 2};

    EXPECT_EQ(read(run(carts.update_cart(ana, same))).version, 1);
    same.quantity = 0;
    EXPECT_TRUE(read(run(carts.update_cart(ana, same))).lines.empty());
    EXPECT_EQ(read(run(carts.clear_cart(ana, {session.to_string()}))).version, 2);
}

TEST_F(CartWorld, takes_out_by_line_or_by_what_it_is_of) {
    shelf.put("pear", 150, 10);
    shelf.put("plum", 150, 10);
    add("pear", 3);
    const auto cart = add("plum", 1);

    const auto fewer = read(run(carts.remove_from_cart(
        ana, {.session_id = session.to_string(), .product_id = "pear", .quantity = 1})));
    const auto gone =
        read(run(carts.remove_from_cart(ana, {.session_id = session.to_string(),
                                              .line_id = cart.lines.at(1).line_id.to_string()})));

    EXPECT_EQ(fewer.lines.at(0).quantity, 2);
    EXPECT_EQ(gone.lines.size(), 1U);
    EXPECT_EQ(code(carts.remove_from_cart(
                  ana, {.session_id = session.to_string(), .product_id = "plum"})),
              "cart.line_not_found");
}

TEST_F(CartWorld, is_changed_only_as_the_version_that_was_seen) {
    shelf.put("pear", 150, 10);
    add("pear");
    contracts::AddToCart late = adding("pear");
    late.expected_version = 0;
    contracts::Caller by_field = ana;
    by_field.if_match = "\"0\"";

    EXPECT_EQ(code(carts.add_to_cart(ana, late)), "cart.version_moved");
    EXPECT_EQ(code(carts.add_to_cart(by_field, adding("pear"))), "cart.version_moved");
    by_field.if_match = "\"1\"";
    EXPECT_EQ(code(carts.add_to_cart(by_field, adding("pear"))), "ok");
}

TEST_F(CartWorld, tells_drift_until_the_line_is_changed) {
    Offer& pear = shelf.put("pear", 150, 10);
    add("pear", 4);
    pear.price = 170;
    pear.stock = 3;

    const contracts::Cart drifted = now();
    ASSERT_EQ(drifted.notices.size(), 2U);
    EXPECT_EQ(drifted.notices[0].kind, contracts::NoticeKind::price_changed);
    EXPECT_EQ(drifted.notices[0].text, "The pear costs 1.70 EUR now; it was 1.50 EUR.");
    EXPECT_EQ(drifted.notices[1].kind, contracts::NoticeKind::out_of_stock);
    EXPECT_EQ(drifted.lines.at(0).unit_price.amount, 170);
    EXPECT_EQ(drifted.totals.total.amount, 680);

    const auto changed = read(run(carts.update_cart(
        ana, {.session_id = session.to_string(), .product_id = "pear", .quantity = 3})));
    EXPECT_TRUE(changed.notices.empty());

    shelf.take_away(pear);
    const contracts::Cart gone = now();
    ASSERT_EQ(gone.notices.size(), 1U);
    EXPECT_EQ(gone.notices[0].kind, contracts::NoticeKind::unavailable);
    EXPECT_EQ(gone.lines.at(0).name, "The pear");
    EXPECT_EQ(gone.lines.at(0).available, 0);
}

TEST_F(CartWorld, answers_the_same_request_with_the_same_bytes_and_does_it_once) {
    shelf.put("pear", 150, 10);
    contracts::Caller keyed = ana;
    keyed.idempotency_key = "one";
    const auto first = run(carts.add_to_cart(keyed, adding("pear", 2)));
    shelf.put("plum", 10, 10);
    add("plum");

    for (int again = 0; again < 5; ++again) {
        Carts& instance = again % 2 == 0 ? carts : other;
        const auto replayed = run(instance.add_to_cart(keyed, adding("pear", 2)));

        EXPECT_EQ(replayed.body.json, first.body.json);
        EXPECT_EQ(replayed.headers.back().first, "Idempotent-Replayed");
    }
    EXPECT_EQ(now().lines.at(0).quantity, 2);
    EXPECT_EQ(code(carts.add_to_cart(keyed, adding("pear", 3))), "request.key_reused");
    clock.advance(std::chrono::hours{25});
    EXPECT_EQ(code(carts.add_to_cart(keyed, adding("pear", 3))), "ok");
}

TEST_F(CartWorld, frees_the_key_of_what_it_refused) {
    Offer& pear = shelf.put("pear", 150, 1);
    contracts::Caller keyed = ana;
    keyed.idempotency_key = "one";
    ASSERT_EQ(code(carts.add_to_cart(keyed, adding("pear", 2))), "product.out_of_stock");
    pear.stock = 10;

    EXPECT_EQ(code(carts.add_to_cart(keyed, adding("pear", 3))), "ok");
}

TEST_F(CartWorld, loses_no_change_of_many_at_once_at_two_instances) {
    shelf.put("pear", 150, 1000);
    constexpr int changes = 64;
    int done = 0;
    for (int i = 0; i < changes; ++i) {
        Carts& instance = i % 2 == 0 ? carts : other;
        loop.spawn([](Carts& at, contracts::Caller who, contracts::AddToCart what,
                      int& count) -> Task<void> {
            co_await at.add_to_cart(std::move(who), std::move(what));
            ++count;
        }(instance, ana, adding("pear"), done));
    }

    ASSERT_TRUE(test::comes_true([&] { return done == changes; }, [&] { now(); }));
    EXPECT_EQ(now().lines.at(0).quantity, changes);
    EXPECT_EQ(now().version, changes);
}

TEST_F(CartWorld, is_over_when_its_session_has_expired) {
    shelf.put("pear", 150, 10);
    add("pear");
    clock.advance(std::chrono::days{31});

    const Failure refused = refusal(carts.add_to_cart(ana, adding("pear")));

    EXPECT_EQ(refused.code, "session.not_active");
    EXPECT_EQ(value_in(refused, "session_status"), "expired");
}

}  // namespace
}  // namespace loquat::cart
