#pragma once
#include "base/clock.hpp"
#include "services/product/shelf.hpp"

namespace loquat::product {

// Stock that checkouts hold; what moves is on the shelf at once.
class Stock final : public contracts::StockApi {
  public:
    Stock(StockStore& store, Shelf& shelf, const Clock& clock)
        : store_(store), shelf_(shelf), clock_(clock) {}

    Task<contracts::Reservation> reserve_stock(contracts::Caller caller,
                                               contracts::ReserveStock request) override;
    Task<contracts::Reservation> take_stock(contracts::Caller caller,
                                            contracts::ReservationRef request) override;
    Task<void> release_stock(contracts::Caller caller, contracts::ReservationRef request) override;
    Task<void> return_stock(contracts::Caller caller, contracts::ReservationRef request) override;

    // Ends what was held for too long.
    Task<void> end_overdue();

  private:
    void apply(const std::vector<StockMove>& moves);

    StockStore& store_;
    Shelf& shelf_;
    const Clock& clock_;
};

}  // namespace loquat::product
