#pragma once
#include <gtest/gtest.h>

#include "services/cart/adapters/sql_carts.hpp"
#include "services/cart/cart.hpp"
#include "services/cart/coupons.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"
#include "testing/failure_code.hpp"
#include "testing/world.hpp"
#include "wire/codec.hpp"

namespace loquat::cart {

// A catalogue that the test changes.
class ShelfOfTest final : public Products {
  public:
    Offer& put(std::string sku, std::int64_t price, std::int64_t stock) {
        const Form form{ProductId::make(), std::nullopt};
        Offer offer{.form = form,
                    .sku = sku,
                    .name = "The " + sku,
                    .price = price,
                    .currency = "EUR",
                    .stock = stock};
        return offers.insert_or_assign(form, std::move(offer)).first->second;
    }
    void take_away(const Offer& offer) { offers.erase(Form{offer.form}); }

    Task<Offer> resolve(contracts::Caller, Wished wished) override {
        for (const auto& [form, offer] : offers) {
            if (offer.sku == wished.product || form.product.to_string() == wished.product) {
                co_return offer;
            }
        }
        throw Failure{Kind::not_found, "product.not_found", "There is no such product."};
    }
    Task<Offers> find(contracts::Caller, std::vector<Form> forms) override {
        Offers found;
        for (const Form& form : forms) {
            if (const auto offer = offers.find(form); offer != offers.end()) {
                found.insert(*offer);
            }
        }
        co_return found;
    }
    Task<std::optional<Named>> name(contracts::Caller, std::string ref) override {
        for (const auto& [form, offer] : offers) {
            if (offer.sku == ref || form.product.to_string() == ref) {
                co_return Named{form.product, form.variant};
            }
        }
        co_return std::nullopt;
    }

    Offers offers;
};

class SessionsOfTest final : public ShopSessions {
  public:
    Task<std::optional<SessionFacts>> find(contracts::Caller, ShopSessionId id) override {
        const auto found = sessions.find(id);
        co_return found == sessions.end() ? std::nullopt : std::optional{found->second};
    }

    std::map<ShopSessionId, SessionFacts> sessions;
};

// Carts on a database of their own, and a second instance beside the first.
struct CartWorld : testing::Test, test::WorldBase {
    test::DatabasePlace place{test::Keeping::sqlite};
    std::unique_ptr<store::Database> database =
        place.open({.name = "cart", .schema = sql_schema()});
    SqlCarts store{*database};
    ShelfOfTest shelf;
    SessionsOfTest sessions;
    contracts::ShopSettings settings{.currency = "EUR"};
    Carts carts{{store, shelf, sessions, clock}, {}, settings};
    Carts other{{store, shelf, sessions, clock}, {}, settings};
    Coupons coupons{store, clock, settings};
    UserId ana_id = UserId::make();
    contracts::Caller ana = test::caller_as(ana_id);
    contracts::Caller admin = test::caller_as(UserId::make(), contracts::Role::admin);
    ShopSessionId session = new_session(ana_id);

    ShopSessionId new_session(UserId owner, const char* currency = "EUR") {
        const auto id = ShopSessionId::make();
        sessions.sessions.emplace(id, SessionFacts{owner, *Currency::parse(currency),
                                                   clock.now() + std::chrono::days{30}});
        return id;
    }

    template <class T>
    T run(Task<T> task) {
        return test::await(loop, std::move(task));
    }
    template <class T>
    std::string code(Task<T> task) {
        return test::await(loop, test::code_of(std::move(task)));
    }
    // The failure itself, for what it says beside its code.
    template <class T>
    Failure refusal(Task<T> task) {
        try {
            test::await(loop, std::move(task));
        } catch (const Failure& failure) {
            return failure;
        }
        return {Kind::internal, "none", "it was not refused"};
    }

    static contracts::Cart read(const contracts::CartReply& reply) {
        return wire::from_json<contracts::Cart>(reply.body.json);
    }
    contracts::AddToCart adding(std::string sku, std::int64_t quantity = 1) const {
        return {
            .session_id = session.to_string(), .product_id = std::move(sku), .quantity = quantity};
    }
    contracts::Cart add(std::string sku, std::int64_t quantity = 1) {
        return read(run(carts.add_to_cart(ana, adding(std::move(sku), quantity))));
    }
    contracts::Cart now() { return read(run(carts.get_cart(ana, {session.to_string()}))); }
};

}  // namespace loquat::cart
