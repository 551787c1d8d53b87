#pragma once
#include "services/product/ports.hpp"
#include "store/sql/database.hpp"

namespace loquat::product {

class SqlStock final : public StockStore {
  public:
    // `database` has the schema of sql_schema.hpp and outlives this.
    explicit SqlStock(store::Database& database) : database_(database) {}

    Task<Outcome> reserve(contracts::ReserveStock wanted, Time now) override;
    Task<Outcome> take(contracts::ReservationId id, Time now) override;
    Task<std::vector<StockMove>> release(contracts::ReservationId id, Time now) override;
    Task<std::vector<StockMove>> give_back(contracts::ReservationId id, Time now) override;
    Task<std::vector<StockMove>> end_overdue(Time now) override;

  private:
    store::Database& database_;
};

}  // namespace loquat::product
