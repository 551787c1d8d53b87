#include "services/cart/tests/world.hpp"

namespace loquat::cart {
namespace {

using contracts::CheckoutEnd;

struct Holding : CartWorld {
    CheckoutId checkout = CheckoutId::make();

    contracts::HoldCart holding() const {
        return {.session_id = session.to_string(), .checkout_id = checkout};
    }
    contracts::SettleCart settling(CheckoutEnd end) const {
        return {.session_id = session.to_string(), .checkout_id = checkout, .end = end};
    }
    std::string use(std::string coupon_code) {
        return code(carts.put_coupon(
            ana, {.session_id = session.to_string(), .code = std::move(coupon_code)}));
    }
    std::int64_t uses() { return run(coupons.list_coupons(admin, {})).items.at(0).uses; }
};

TEST_F(Holding, keeps_a_cart_as_it_is_bought_until_it_is_settled) {
    Offer& pear = shelf.put("pear", 150, 10);
    add("pear", 2);

    const auto held = run(carts.hold_cart({}, holding()));
    pear.price = 999;
    const auto again = run(other.hold_cart({}, holding()));

    EXPECT_EQ(again.body.json, held.body.json);
    EXPECT_EQ(read(held).totals.total.amount, 300);
    EXPECT_EQ(code(carts.add_to_cart(ana, adding("pear"))), "checkout.in_progress");
    contracts::HoldCart second = holding();
    second.checkout_id = CheckoutId::make();
    EXPECT_EQ(code(carts.hold_cart({}, second)), "checkout.in_progress");
}

TEST_F(Holding, is_as_before_after_a_refusal_and_over_after_an_order) {
    shelf.put("pear", 150, 10);
    add("pear", 2);
    const std::string before = wire::encode(now());

    run(carts.hold_cart({}, holding()));
    run(carts.settle_cart({}, settling(CheckoutEnd::refused)));
    run(carts.settle_cart({}, settling(CheckoutEnd::refused)));
    EXPECT_EQ(wire::encode(now()), before);
    EXPECT_EQ(code(carts.add_to_cart(ana, adding("pear"))), "ok");

    checkout = CheckoutId::make();
    run(carts.hold_cart({}, holding()));
    run(carts.settle_cart({}, settling(CheckoutEnd::ordered)));
    run(carts.settle_cart({}, settling(CheckoutEnd::refused)));
    EXPECT_EQ(code(carts.add_to_cart(ana, adding("pear"))), "session.not_active");
    EXPECT_EQ(code(carts.hold_cart({}, holding())), "ok");
}

TEST_F(Holding, refuses_what_cannot_be_bought_as_it_was_seen) {
    EXPECT_EQ(code(carts.hold_cart({}, holding())), "cart.empty");
    Offer& pear = shelf.put("pear", 150, 10);
    add("pear", 4);

    contracts::HoldCart late = holding();
    late.expected_version = 0;
    EXPECT_EQ(code(carts.hold_cart({}, late)), "cart.version_moved");
    pear.stock = 3;
    const Failure too_few = refusal(carts.hold_cart({}, holding()));
    EXPECT_EQ(too_few.code, "product.out_of_stock");
    const wire::Value lines = wire::parse(too_few.values.at(0).second);
    EXPECT_EQ(wire::to_json(*lines.if_array()->at(0).find("available")), "3");
    pear.stock = 10;
    pear.price = 170;
    const Failure dearer = refusal(carts.hold_cart({}, holding()));
    EXPECT_EQ(dearer.code, "product.price_changed");
    EXPECT_EQ(dearer.values.at(0).first, "changes");
    EXPECT_EQ(code(carts.add_to_cart(ana, adding("pear"))), "ok");
    const Offer gone = pear;
    shelf.take_away(gone);
    EXPECT_EQ(code(carts.hold_cart({}, holding())), "product.unavailable");
}

TEST_F(Holding, takes_a_lower_price_and_an_accepted_higher_one) {
    Offer& pear = shelf.put("pear", 150, 10);
    add("pear");
    pear.price = 140;
    EXPECT_EQ(read(run(carts.hold_cart({}, holding()))).totals.total.amount, 140);
    run(carts.settle_cart({}, settling(CheckoutEnd::refused)));

    pear.price = 160;
    checkout = CheckoutId::make();
    contracts::HoldCart accepting = holding();
    accepting.price_changes = contracts::Changes::accept;
    EXPECT_EQ(read(run(carts.hold_cart({}, accepting))).totals.total.amount, 160);
}

TEST_F(Holding, counts_a_use_of_a_coupon_when_it_is_paid) {
    shelf.put("pear", 1000, 100);
    run(coupons.create_coupon(admin, {.code = "Ten", .percent = 10, .max_uses = 1}));
    add("pear");
    ASSERT_EQ(use("ten"), "ok");
    EXPECT_EQ(now().coupon, "Ten");
    EXPECT_EQ(now().totals.discount.amount, 100);

    EXPECT_EQ(read(run(carts.hold_cart({}, holding()))).totals.total.amount, 900);
    const ShopSessionId first = session;
    session = new_session(ana_id);
    add("pear");
    EXPECT_EQ(use("TEN"), "coupon.invalid");

    session = first;
    run(carts.settle_cart({}, settling(CheckoutEnd::refused)));
    EXPECT_EQ(uses(), 0);
    checkout = CheckoutId::make();
    run(carts.hold_cart({}, holding()));
    run(carts.settle_cart({}, settling(CheckoutEnd::ordered)));
    EXPECT_EQ(uses(), 1);
}

TEST_F(Holding, takes_off_a_coupon_that_has_become_invalid_and_says_so) {
    shelf.put("pear", 1000, 100);
    run(coupons.create_coupon(
        admin, {.code = "SOON", .amount = 300, .ends_at = clock.now() + std::chrono::hours{1}}));
    add("pear");
    ASSERT_EQ(use("SOON"), "ok");
    clock.advance(std::chrono::hours{2});

    const Failure refused = refusal(carts.hold_cart({}, holding()));

    EXPECT_EQ(refused.code, "coupon.invalid");
    EXPECT_EQ(refused.kind, Kind::conflict);
    EXPECT_EQ(refused.extra.at(0), (std::pair<std::string, std::string>{"reason", "expired"}));
    EXPECT_EQ(now().coupon, std::nullopt);
    EXPECT_EQ(code(carts.hold_cart({}, holding())), "ok");
}

TEST_F(Holding, of_two_that_hold_the_last_use_one_gets_it) {
    shelf.put("pear", 1000, 100);
    run(coupons.create_coupon(admin, {.code = "ONE", .percent = 50, .max_uses = 1}));
    const ShopSessionId first = session;
    add("pear");
    ASSERT_EQ(use("ONE"), "ok");
    session = new_session(ana_id);
    add("pear");
    ASSERT_EQ(use("ONE"), "ok");

    ASSERT_EQ(code(carts.hold_cart({}, holding())), "ok");
    session = first;
    checkout = CheckoutId::make();
    const Failure refused = refusal(carts.hold_cart({}, holding()));

    EXPECT_EQ(refused.code, "coupon.invalid");
    EXPECT_EQ(refused.extra.at(0).second, "used_up");
    EXPECT_EQ(uses(), 1);
}

TEST_F(Holding, says_why_a_coupon_is_not_taken) {
    shelf.put("pear", 1000, 100);
    add("pear");
    run(coupons.create_coupon(admin, {.code = "BIG", .percent = 10, .min_total = 5000}));

    const auto why = [this](std::string wanted) {
        return refusal(carts.put_coupon(
                           ana, {.session_id = session.to_string(), .code = std::move(wanted)}))
            .extra.at(0)
            .second;
    };
    EXPECT_EQ(why("NONE"), "unknown");
    EXPECT_EQ(why("BIG"), "min_total");
    EXPECT_EQ(code(coupons.create_coupon(admin, {.code = "big", .amount = 1})), "coupon.taken");
    EXPECT_EQ(code(coupons.create_coupon(admin, {.code = "B"})), "request.invalid");
    EXPECT_EQ(code(coupons.create_coupon(ana, {.code = "B", .amount = 1})), "auth.admin_only");
    EXPECT_EQ(code(coupons.delete_coupon(admin, {"Big"})), "ok");
    EXPECT_EQ(code(coupons.delete_coupon(admin, {"Big"})), "coupon.not_found");
}

struct Merging : CartWorld {
    UserId guest_id = UserId::make();
    contracts::Caller guest = test::caller_as(guest_id, contracts::Role::guest);
    ShopSessionId guests = new_session(guest_id);

    contracts::MergeCart merging() const { return {session.to_string(), guests.to_string()}; }
    void guest_adds(std::string sku, std::int64_t quantity) {
        contracts::AddToCart request = adding(std::move(sku), quantity);
        request.session_id = guests.to_string();
        run(carts.add_to_cart(guest, std::move(request)));
    }
};

TEST_F(Merging, loses_nothing_and_adds_nothing_twice) {
    shelf.put("pear", 150, 6);
    shelf.put("plum", 80, 1000);
    add("pear", 4);
    add("plum", 900);
    guest_adds("plum", 300);
    guest_adds("pear", 5);

    const auto merged = run(carts.merge_cart({}, merging()));
    const auto again = run(other.merge_cart({}, merging()));

    EXPECT_EQ(wire::encode(again), wire::encode(merged));
    ASSERT_EQ(merged.merged.size(), 2U);
    EXPECT_EQ(merged.merged[0].had, 900);
    EXPECT_EQ(merged.merged[0].added, 99);
    EXPECT_EQ(merged.merged[1].quantity, 9);
    const contracts::Cart cart = now();
    EXPECT_EQ(cart.lines.at(0).quantity, 9);
    EXPECT_EQ(cart.lines.at(1).quantity, 999);
    ASSERT_EQ(cart.notices.size(), 1U);
    EXPECT_EQ(cart.notices[0].kind, contracts::NoticeKind::out_of_stock);
    EXPECT_EQ(cart.version, 3);
}

TEST_F(Merging, ends_the_cart_that_was_merged) {
    shelf.put("pear", 150, 6);
    guest_adds("pear", 1);
    run(carts.merge_cart({}, merging()));
    contracts::AddToCart late = adding("pear");
    late.session_id = guests.to_string();

    EXPECT_EQ(code(carts.add_to_cart(guest, late)), "session.not_active");
}

TEST_F(Merging, of_two_currencies_is_refused_and_changes_neither) {
    guests = new_session(guest_id, "USD");

    EXPECT_EQ(code(carts.merge_cart({}, merging())), "session.currency_mismatch");
    EXPECT_EQ(now().version, 0);
}

TEST_F(Merging, a_cart_that_is_handed_over_is_the_other_persons) {
    shelf.put("pear", 150, 6);
    guest_adds("pear", 2);

    run(carts.hand_over_cart({}, {guests.to_string(), ana_id}));
    run(carts.hand_over_cart({}, {guests.to_string(), ana_id}));

    EXPECT_EQ(read(run(carts.get_cart(ana, {guests.to_string()}))).lines.at(0).quantity, 2);
    EXPECT_EQ(code(carts.get_cart(guest, {guests.to_string()})), "session.not_found");
}

}  // namespace
}  // namespace loquat::cart
