#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "contracts/shop/money.hpp"
#include "services/session/adapters/sql_sessions.hpp"
#include "services/session/session.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"
#include "testing/failure_code.hpp"
#include "testing/world.hpp"
#include "wire/codec.hpp"

namespace loquat::session {

// The process ended here: nothing catches it.
struct Died {};

// Auth, carts, stock and money, as their contracts promise, in maps that outlive a process.
class TownOfTest final : public ShopFloor, public Payments {
  public:
    struct CartOfTest {
        std::int64_t quantity = 0;
        std::int64_t version = 0;
        std::optional<CheckoutId> held_for;
        std::optional<CheckoutId> bought_by;
        bool is_merged = false;
        Time changed_at;
    };

    Task<contracts::GuestToken> issue_guest(contracts::Caller) override {
        contracts::GuestToken guest{.user_id = UserId::make(), .session_id = SessionId::make()};
        guest.token = guest.session_id.to_string();
        guests[guest.token] = guest;
        co_return guest;
    }
    Task<contracts::ProvenGuest> prove_guest(contracts::Caller, std::string token) override {
        const auto found = guests.find(token);
        if (found == guests.end()) {
            throw Failure{Kind::unauthenticated, "auth.invalid_token", "It is none."};
        }
        co_return contracts::ProvenGuest{found->second.user_id, found->second.session_id};
    }
    Task<void> end_guest(contracts::Caller, SessionId guest) override {
        ended.insert(guest);
        co_return;
    }
    Task<CartFacts> cart_facts(contracts::Caller, ShopSessionId id) override {
        const CartOfTest& cart = carts[id];
        co_return CartFacts{cart.version, cart.quantity > 0, cart.changed_at};
    }
    Task<contracts::MergedCart> merge_cart(contracts::Caller, ShopSessionId into,
                                           ShopSessionId from) override {
        CartOfTest& source = carts[from];
        CartOfTest& target = carts[into];
        contracts::MergedCart merged;
        if (!source.is_merged) {
            merged_quantity = source.quantity;
            target.quantity += source.quantity;
            source.is_merged = true;
        }
        merged.merged.push_back({.product_id = product, .added = merged_quantity});
        co_return merged;
    }
    Task<void> hand_over_cart(contracts::Caller, ShopSessionId id, UserId owner) override {
        owners[id] = owner;
        co_return;
    }
    Task<contracts::Cart> hold_cart(contracts::Caller, contracts::HoldCart request) override {
        const auto moment = enter();
        CartOfTest& cart = carts[*ShopSessionId::parse(request.session_id)];
        if (cart.quantity == 0) {
            throw Failure{Kind::invalid, "cart.empty", "There is nothing in the cart."};
        }
        if (cart.held_for && *cart.held_for != request.checkout_id) {
            throw Failure{Kind::conflict, "checkout.in_progress", "It is held."};
        }
        cart.held_for = request.checkout_id;
        leave(moment);
        co_return cart_of(*ShopSessionId::parse(request.session_id), cart.quantity);
    }
    Task<void> settle_cart(contracts::Caller, contracts::SettleCart request) override {
        const auto moment = enter();
        CartOfTest& cart = carts[*ShopSessionId::parse(request.session_id)];
        if (cart.held_for == request.checkout_id) {
            cart.held_for.reset();
            if (request.end == contracts::CheckoutEnd::ordered) {
                cart.bought_by = request.checkout_id;
            }
        }
        leave(moment);
        co_return;
    }
    Task<void> reserve_stock(contracts::Caller, contracts::ReserveStock request) override {
        const auto moment = enter();
        const CheckoutId id{request.reservation_id.uuid};
        const std::int64_t wanted = request.lines.at(0).quantity;
        if (!reserved.contains(id)) {
            if (wanted > stock) {
                throw Failure{Kind::conflict, "product.out_of_stock", "There are too few."};
            }
            stock -= wanted;
            reserved[id] = wanted;
        }
        leave(moment);
        co_return;
    }
    Task<void> take_stock(contracts::Caller, CheckoutId id) override {
        const auto moment = enter();
        if (reserved.contains(id)) {
            taken[id] = reserved[id];
            reserved.erase(id);
        }
        leave(moment);
        co_return;
    }
    Task<void> release_stock(contracts::Caller, CheckoutId id) override {
        const auto moment = enter();
        if (reserved.contains(id)) {
            stock += reserved[id];
            reserved.erase(id);
        }
        leave(moment);
        co_return;
    }
    Task<void> return_stock(contracts::Caller, CheckoutId id) override {
        if (taken.contains(id)) {
            stock += taken[id];
            taken.erase(id);
        }
        co_return;
    }
    void check(const contracts::Payment&) const override {}
    Task<void> charge(Charge wanted) override {
        const auto moment = enter();
        if (wanted.payment.token == "declined") {
            throw Failure{Kind::unpaid, "payment.declined", "Declined."};
        }
        if (wanted.payment.token == "error") {
            throw Failure{Kind::unavailable, "payment.unavailable", "Not now."};
        }
        if (wanted.payment.token == "lost" && !is_network_back) {
            charged[wanted.id] = wanted.amount.amount;
            throw Failure{Kind::timed_out, "upstream.timeout", "Nobody knows."};
        }
        charged[wanted.id] = wanted.amount.amount;
        leave(moment);
        co_return;
    }

    contracts::Cart cart_of(ShopSessionId id, std::int64_t quantity) const {
        const contracts::Price total =
            contracts::to_price({quantity * unit_price, *Currency::parse("EUR")});
        return {.session_id = id,
                .lines = {{.line_id = contracts::LineId::make(),
                           .product_id = product,
                           .name = "Pear",
                           .quantity = quantity,
                           .unit_price = total,
                           .subtotal = total,
                           .discount = total,
                           .tax = total,
                           .total = total}},
                .totals = {total, total, total, total}};
    }

    std::map<std::string, contracts::GuestToken> guests;
    std::set<SessionId> ended;
    std::map<ShopSessionId, CartOfTest> carts;
    std::map<ShopSessionId, UserId> owners;
    std::int64_t stock = 100;
    std::int64_t unit_price = 150;
    std::int64_t merged_quantity = 0;
    std::map<CheckoutId, std::int64_t> reserved;
    std::map<CheckoutId, std::int64_t> taken;
    std::map<CheckoutId, std::int64_t> charged;
    contracts::ProductId product = contracts::ProductId::make();
    bool is_network_back = false;
    // The process ends at that moment: 2n before the n-th call does anything, 2n + 1 after it.
    std::optional<int> dies_at;
    int moments = 0;

  private:
    int enter() {
        const int moment = moments;
        moments += 2;
        if (dies_at == moment) {
            throw Died{};
        }
        return moment + 1;
    }
    void leave(int moment) const {
        if (dies_at == moment) {
            throw Died{};
        }
    }
};

// Sessions on a database of their own.
struct SessionWorld : testing::Test, test::WorldBase {
    test::DatabasePlace place{test::Keeping::sqlite};
    std::unique_ptr<store::Database> database =
        place.open({.name = "session", .schema = sql_schema()});
    SqlSessions store{*database};
    TownOfTest town;
    contracts::ShopSettings settings{.currency = "EUR"};
    Checkouts checkouts{{store, town, town, clock}, {}};
    ShopSessions sessions{{store, town, checkouts, town, clock}, settings};
    ShopSessions other{{store, town, checkouts, town, clock}, settings};
    UserId ana_id = UserId::make();
    contracts::Caller ana = test::caller_as(ana_id);
    contracts::Caller admin = test::caller_as(UserId::make(), contracts::Role::admin);

    template <class T>
    T run(Task<T> task) {
        return test::await(loop, std::move(task));
    }
    template <class T>
    std::string code(Task<T> task) {
        return test::await(loop, test::code_of(std::move(task)));
    }

    contracts::ShopSession create(contracts::Caller caller) {
        return run(sessions.create_session(std::move(caller), {})).body;
    }
    // With that many pears in its cart.
    ShopSessionId shopping(std::int64_t pears) {
        const ShopSessionId id = create(ana).session_id;
        town.carts[id].quantity = pears;
        town.carts[id].changed_at = clock.now();
        return id;
    }
    contracts::CheckoutRequest buying(ShopSessionId id, std::string token = "ok") const {
        return {.session_id = id.to_string(), .payment = {.token = std::move(token)}};
    }
    contracts::ShopSession seen(ShopSessionId id) {
        return run(sessions.get_session(ana, {id.to_string()}));
    }
    std::vector<contracts::Order> orders() { return run(sessions.list_orders(ana, {})).items; }
};

}  // namespace loquat::session
