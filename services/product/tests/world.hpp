#pragma once
#include <gtest/gtest.h>

#include "services/product/adapters/sql_catalogue.hpp"
#include "services/product/adapters/sql_schema.hpp"
#include "services/product/adapters/sql_stock.hpp"
#include "services/product/product.hpp"
#include "services/product/stock.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"
#include "testing/failure_code.hpp"
#include "testing/world.hpp"

namespace loquat::product {

// One instance of the service over a database.
struct Instance {
    Instance(store::Database& database, const Clock& clock, Sharing sharing)
        : catalogue(database),
          stocks(database),
          shelf(catalogue, synonyms, sharing),
          importer(catalogue, shelf, clock),
          products({catalogue, shelf, importer, clock}),
          stock(stocks, shelf, clock) {}

    Synonyms synonyms;
    SqlCatalogue catalogue;
    SqlStock stocks;
    Shelf shelf;
    Importer importer;
    Products products;
    Stock stock;
};

struct World : test::WorldBase {
    explicit World(test::Keeping keeping = test::Keeping::sqlite)
        : place(keeping),
          database(place.open({.name = "product", .schema = sql_schema()})),
          shop(*database, clock, Sharing::alone) {}

    template <class T>
    T run(Task<T> task) {
        return test::await(loop, std::move(task));
    }
    static contracts::Caller admin() {
        return test::caller_as(UserId::make(), contracts::Role::admin);
    }
    static contracts::ProductInput input(const std::string& sku, std::int64_t price = 1000,
                                         std::int64_t stock = 10) {
        contracts::ProductInput made;
        made.sku = sku;
        made.name = "Thing " + sku;
        made.price = {.amount = price, .currency = "EUR", .text = {}};
        made.stock = stock;
        return made;
    }
    static contracts::VariantInput variant(const std::string& sku, const std::string& colour,
                                           std::int64_t price, std::int64_t stock) {
        contracts::VariantInput made;
        made.sku = sku;
        made.options = {{"colour", colour}};
        made.price = contracts::Price{.amount = price, .currency = "EUR", .text = {}};
        made.stock = stock;
        return made;
    }
    contracts::Product create(contracts::ProductInput made) {
        return run(shop.products.create_product(admin(), std::move(made))).body;
    }
    contracts::Product get(const std::string& ref) {
        return run(shop.products.get_product({}, {ref})).body;
    }
    contracts::ReserveStock wish(const contracts::Product& of, std::int64_t quantity = 1,
                                 std::optional<contracts::VariantId> variant_id = {}) {
        return {.reservation_id = contracts::ReservationId::make(),
                .seconds = std::chrono::seconds{600},
                .lines = {{.product_id = of.id, .variant_id = variant_id, .quantity = quantity}}};
    }
    std::string reserve(const contracts::ReserveStock& wanted) {
        return run(test::code_of(shop.stock.reserve_stock({}, wanted)));
    }

    test::DatabasePlace place;
    std::unique_ptr<store::Database> database;
    Instance shop;
};

}  // namespace loquat::product
