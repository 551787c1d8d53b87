#include "services/session/tests/world.hpp"

namespace loquat::session {
namespace {

using contracts::ShopSessionStatus;

TEST_F(SessionWorld, a_checkout_makes_one_order_and_goes_on_in_a_new_session) {
    const ShopSessionId id = shopping(3);

    const auto reply = run(sessions.check_out(ana, buying(id)));

    EXPECT_EQ(reply.status, 201);
    const auto order = wire::from_json<contracts::Order>(reply.body.json);
    EXPECT_EQ(order.totals.total.amount, 450);
    EXPECT_EQ(order.summary, "3 × Pear: 4.50 EUR");
    EXPECT_EQ(seen(id).status, ShopSessionStatus::completed);
    EXPECT_EQ(seen(id).order_id, order.order_id);
    EXPECT_EQ(seen(order.next_session_id).status, ShopSessionStatus::active);
    EXPECT_EQ(town.stock, 97);
    EXPECT_TRUE(town.reserved.empty());
    EXPECT_EQ(town.taken.size(), 1U);
    EXPECT_TRUE(town.carts[id].bought_by);
    EXPECT_EQ(orders().size(), 1U);
    EXPECT_EQ(code(sessions.check_out(ana, buying(id))), "session.not_active");
}

TEST_F(SessionWorld, a_refused_payment_leaves_everything_as_it_was_and_is_kept) {
    const ShopSessionId id = shopping(3);
    contracts::Caller keyed = ana;
    keyed.idempotency_key = "one";

    const auto refused = run(sessions.check_out(keyed, buying(id, "declined")));
    const auto again = run(other.check_out(keyed, buying(id, "declined")));

    EXPECT_EQ(refused.status, 402);
    EXPECT_EQ(*wire::parse(refused.body.json).find("code")->if_string(), "payment.declined");
    EXPECT_EQ(again.status, 402);
    EXPECT_EQ(again.body.json, refused.body.json);
    EXPECT_EQ(seen(id).status, ShopSessionStatus::active);
    EXPECT_EQ(town.stock, 100);
    EXPECT_FALSE(town.carts[id].held_for);
    EXPECT_EQ(code(sessions.check_out(keyed, buying(id))), "checkout.key_reused");
    EXPECT_EQ(run(sessions.check_out(ana, buying(id))).status, 201);
}

TEST_F(SessionWorld, what_else_turns_a_checkout_down_frees_the_key) {
    const ShopSessionId id = shopping(3);
    contracts::Caller keyed = ana;
    keyed.idempotency_key = "one";

    EXPECT_EQ(code(sessions.check_out(keyed, buying(id, "error"))), "payment.unavailable");
    EXPECT_EQ(seen(id).status, ShopSessionStatus::active);
    town.stock = 2;
    EXPECT_EQ(code(sessions.check_out(keyed, buying(id))), "product.out_of_stock");
    town.stock = 3;
    EXPECT_EQ(run(sessions.check_out(keyed, buying(id))).status, 201);
    EXPECT_EQ(code(sessions.check_out(ana, buying(shopping(0)))), "cart.empty");
}

TEST_F(SessionWorld, the_same_checkout_again_gives_the_same_order_byte_by_byte) {
    const ShopSessionId id = shopping(3);
    contracts::Caller keyed = ana;
    keyed.idempotency_key = "one";
    const auto first = run(sessions.check_out(keyed, buying(id)));

    for (int again = 0; again < 5; ++again) {
        const auto replayed = run(other.check_out(keyed, buying(id)));
        EXPECT_EQ(replayed.status, 201);
        EXPECT_EQ(replayed.body.json, first.body.json);
    }
    EXPECT_EQ(orders().size(), 1U);
    EXPECT_EQ(town.charged.size(), 1U);
}

TEST_F(SessionWorld, a_payment_that_nobody_knows_of_is_asked_for_again_until_it_is_known) {
    const ShopSessionId id = shopping(3);

    EXPECT_EQ(code(sessions.check_out(ana, buying(id, "lost"))), "upstream.timeout");
    EXPECT_EQ(seen(id).status, ShopSessionStatus::checking_out);
    EXPECT_EQ(code(sessions.check_out(ana, buying(id))), "checkout.in_progress");
    town.is_network_back = true;
    run(checkouts.resume(clock.now()));

    EXPECT_EQ(seen(id).status, ShopSessionStatus::completed);
    EXPECT_EQ(orders().size(), 1U);
    EXPECT_EQ(town.charged.size(), 1U);
}

// The process ends before or after each thing that a checkout does outside, and another one goes
// on.
TEST_F(SessionWorld, a_crash_at_any_moment_leaves_one_order_or_none_and_nothing_reserved) {
    for (const std::string& token : {std::string{"ok"}, std::string{"declined"}}) {
        for (int moment = 0; moment < 14; ++moment) {
            const std::int64_t stock = town.stock;
            const std::size_t before = orders().size();
            const ShopSessionId id = shopping(2);
            contracts::Caller keyed = ana;
            keyed.idempotency_key = token + std::to_string(moment);
            town.moments = 0;
            town.dies_at = moment;
            bool has_died = false;
            try {
                run(sessions.check_out(keyed, buying(id, token)));
            } catch (const Died&) {
                has_died = true;
            }
            town.dies_at.reset();

            run(checkouts.resume(clock.now()));
            const auto retried = run(other.check_out(keyed, buying(id, token)));

            const bool is_ok = token == "ok";
            EXPECT_EQ(retried.status, is_ok ? 201 : 402) << token << " " << moment;
            EXPECT_EQ(orders().size(), before + (is_ok ? 1 : 0)) << token << " " << moment;
            EXPECT_EQ(town.stock, stock - (is_ok ? 2 : 0)) << token << " " << moment;
            EXPECT_TRUE(town.reserved.empty()) << token << " " << moment;
            EXPECT_FALSE(town.carts[id].held_for) << token << " " << moment;
            EXPECT_EQ(seen(id).status,
                      is_ok ? ShopSessionStatus::completed : ShopSessionStatus::active);
            // A declined payment has no moment after it was taken.
            const bool can_die = moment < 10 && (is_ok || moment != 5);
            EXPECT_EQ(has_died, can_die) << token << " " << moment;
        }
    }
}

TEST_F(SessionWorld, of_two_checkouts_at_once_one_orders) {
    const ShopSessionId id = shopping(3);
    std::vector<std::string> ends;
    const auto buy = [](ShopSessions& at, contracts::Caller who, contracts::CheckoutRequest what,
                        std::vector<std::string>& out) -> Task<void> {
        std::string end = co_await test::code_of(at.check_out(std::move(who), std::move(what)));
        out.push_back(std::move(end));
    };
    loop.spawn(buy(sessions, ana, buying(id), ends));
    loop.spawn(buy(other, ana, buying(id), ends));

    ASSERT_TRUE(test::comes_true([&] { return ends.size() == 2; }, [&] { orders(); }));
    std::ranges::sort(ends);
    EXPECT_EQ(ends.back(), "ok");
    EXPECT_TRUE(ends.front() == "checkout.in_progress" || ends.front() == "session.not_active")
        << ends.front();
    EXPECT_EQ(orders().size(), 1U);
}

TEST_F(SessionWorld, what_costs_nothing_is_not_charged) {
    const ShopSessionId id = shopping(3);
    town.unit_price = 0;

    EXPECT_EQ(run(sessions.check_out(ana, buying(id, "declined"))).status, 201);
    EXPECT_TRUE(town.charged.empty());
}

TEST_F(SessionWorld, a_guest_who_begins_again_is_known_by_the_same_token) {
    const auto first = create({});
    contracts::Caller guest = test::caller_as(first.user_id, contracts::Role::guest);
    guest.session = town.guests[*first.token].session_id;
    clock.advance(std::chrono::seconds{1});
    const auto second = create(guest);
    EXPECT_FALSE(second.token);

    EXPECT_EQ(run(sessions.claim_session(ana, {*first.token})).session_id, second.session_id);
}

TEST_F(SessionWorld, nobody_sees_or_buys_in_anothers_session) {
    const ShopSessionId id = shopping(3);
    const auto ben = test::caller_as(UserId::make());

    EXPECT_EQ(code(sessions.get_session(ben, {id.to_string()})), "session.not_found");
    EXPECT_EQ(code(sessions.get_session(admin, {id.to_string()})), "session.not_found");
    EXPECT_EQ(code(sessions.check_out(ben, buying(id))), "session.not_found");
    const auto order =
        wire::from_json<contracts::Order>(run(sessions.check_out(ana, buying(id))).body.json);
    EXPECT_EQ(code(sessions.get_order(ben, {order.order_id.to_string()})), "order.not_found");
    EXPECT_EQ(code(sessions.get_order(ana, {order.order_id.to_string()})), "ok");
}

TEST_F(SessionWorld,
       an_order_is_canceled_once_by_its_owner_in_time_and_by_the_administrator_always) {
    const auto buy = [this] {
        return wire::from_json<contracts::Order>(
                   run(sessions.check_out(ana, buying(shopping(4)))).body.json)
            .order_id.to_string();
    };
    const std::string first = buy();
    EXPECT_EQ(town.stock, 96);

    EXPECT_EQ(run(sessions.cancel_order(ana, {first})).status, contracts::OrderStatus::canceled);
    EXPECT_EQ(run(sessions.cancel_order(ana, {first})).status, contracts::OrderStatus::canceled);
    EXPECT_EQ(town.stock, 100);

    const std::string second = buy();
    clock.advance(std::chrono::minutes{31});
    EXPECT_EQ(code(sessions.cancel_order(ana, {second})), "order.not_cancelable");
    EXPECT_EQ(code(sessions.cancel_order(admin, {second})), "ok");
    EXPECT_EQ(town.stock, 100);
    EXPECT_EQ(orders().at(0).status, contracts::OrderStatus::canceled);
}

TEST_F(SessionWorld, a_guest_who_signs_in_has_everything_in_one_cart) {
    const auto guest = create({});
    ASSERT_TRUE(guest.token);
    town.carts[guest.session_id].quantity = 2;
    const ShopSessionId mine = shopping(3);

    const auto claimed = run(sessions.claim_session(ana, {*guest.token}));
    const auto again = run(other.claim_session(ana, {*guest.token}));

    EXPECT_EQ(claimed.session_id, mine);
    EXPECT_EQ(claimed.merged->at(0).added, 2);
    EXPECT_EQ(wire::encode(again), wire::encode(claimed));
    EXPECT_EQ(town.carts[mine].quantity, 5);
    EXPECT_TRUE(town.ended.contains(town.guests[*guest.token].session_id));
    EXPECT_EQ(run(store.find(guest.session_id))->status, ShopSessionStatus::merged);
    EXPECT_EQ(code(sessions.claim_session(test::caller_as(UserId::make()), {*guest.token})),
              "session.not_found");
}

TEST_F(SessionWorld, a_guest_who_signs_in_without_a_cart_keeps_the_session) {
    const auto guest = create({});

    const auto claimed = run(sessions.claim_session(ana, {*guest.token}));
    const auto again = run(sessions.claim_session(ana, {*guest.token}));

    EXPECT_EQ(claimed.session_id, guest.session_id);
    EXPECT_EQ(claimed.user_id, ana_id);
    EXPECT_TRUE(claimed.merged->empty());
    EXPECT_EQ(again.session_id, guest.session_id);
    EXPECT_EQ(town.owners[guest.session_id], ana_id);
}

TEST_F(SessionWorld, a_session_expires) {
    const ShopSessionId id = shopping(3);
    clock.advance(std::chrono::days{30});

    EXPECT_EQ(seen(id).status, ShopSessionStatus::expired);
    EXPECT_FALSE(run(sessions.validate_session({}, {.session_id = id.to_string()})).valid);
    EXPECT_EQ(code(sessions.check_out(ana, buying(id))), "session.not_active");
}

TEST_F(SessionWorld, a_cart_that_is_left_alone_is_abandoned_until_it_is_changed) {
    const ShopSessionId id = shopping(3);
    const ShopSessionId empty = shopping(0);
    clock.advance(std::chrono::minutes{29});
    EXPECT_EQ(seen(id).status, ShopSessionStatus::active);
    clock.advance(std::chrono::minutes{1});

    EXPECT_EQ(seen(id).status, ShopSessionStatus::abandoned);
    EXPECT_EQ(seen(empty).status, ShopSessionStatus::active);
    town.carts[id].changed_at = clock.now();
    EXPECT_EQ(seen(id).status, ShopSessionStatus::active);
    clock.advance(std::chrono::hours{1});
    EXPECT_EQ(run(sessions.check_out(ana, buying(id))).status, 201);
}

TEST_F(SessionWorld, is_made_once_for_a_key) {
    contracts::Caller keyed = ana;
    keyed.idempotency_key = "one";

    const auto first = run(sessions.create_session(keyed, {})).body;
    const auto again = run(other.create_session(keyed, {}));

    EXPECT_EQ(again.body.session_id, first.session_id);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(code(sessions.create_session(ana, {.currency = "XXQ"})), "request.invalid");
}

}  // namespace
}  // namespace loquat::session
