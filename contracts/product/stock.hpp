#pragma once
#include <chrono>

#include "contracts/core/operation.hpp"
#include "contracts/product/product.hpp"

// What is held for checkouts: never more than there is.  Each call may be repeated and does its
// work once.  Failures: product.out_of_stock, product.unavailable (both with `lines`: of each line
// that cannot be had product_id, variant_id, quantity and `available`), stock.not_found,
// stock.reservation_over, stock.already_taken, request.invalid.
namespace loquat::contracts {

// Chosen by who reserves; a checkout's own id is a good one.
using ReservationId = Id<struct ReservationTag>;

struct StockLine {
    ProductId product_id;
    std::optional<VariantId> variant_id;  // needed where the product has variants
    std::int64_t quantity = 1;

    static constexpr std::array fields{wire::Field{"quantity", 1, 1'000'000, ""}};

    friend bool operator==(const StockLine&, const StockLine&) = default;
};
BOOST_DESCRIBE_STRUCT(StockLine, (), (product_id, variant_id, quantity))

struct ReserveStock {
    ReservationId reservation_id;
    std::chrono::seconds seconds{600};
    std::vector<StockLine> lines;

    static constexpr std::array fields{
        wire::Field{"seconds", 1, 86'400, "After so long it ends by itself."},
        wire::Field{"lines", 1, 500, "All of them or none."}};
};
BOOST_DESCRIBE_STRUCT(ReserveStock, (), (reservation_id, seconds, lines))

enum class ReservationState { held, taken, released, expired, returned };
BOOST_DESCRIBE_ENUM(ReservationState, held, taken, released, expired, returned)

struct Reservation {
    ReservationId reservation_id;
    ReservationState state = ReservationState::held;
    Time expires_at;
};
BOOST_DESCRIBE_STRUCT(Reservation, (), (reservation_id, state, expires_at))

struct ReservationRef {
    ReservationId reservation_id;
};
BOOST_DESCRIBE_STRUCT(ReservationRef, (), (reservation_id))

class StockApi {
  public:
    virtual ~StockApi() = default;

    // The same id again: the same answer, and the time is not extended; once released or ended:
    // 409 `stock.reservation_over`.
    virtual Task<Reservation> reserve_stock(Caller caller, ReserveStock request) = 0;
    // For good: it is sold.  What is held is always there; after its time ran out it is taken if
    // there is still enough, else 409 `product.out_of_stock`.  404 `stock.not_found` for one that
    // nobody made.
    virtual Task<Reservation> take_stock(Caller caller, ReservationRef request) = 0;
    // Given back.  One that nobody made, or that is over: nothing to do.  After it was taken: 409
    // `stock.already_taken`.
    virtual Task<void> release_stock(Caller caller, ReservationRef request) = 0;
    // Of one that was taken, once: an order that is canceled.  Of one that is held or over: as
    // release_stock.
    virtual Task<void> return_stock(Caller caller, ReservationRef request) = 0;
};

template <>
struct Table<StockApi> {
    static constexpr std::string_view service = "product";
    static constexpr std::tuple routes{
        Route<&StockApi::reserve_stock>{{.method = "POST",
                                         .path = "/internal/stock/reservations",
                                         .summary = "Hold what a checkout wants",
                                         .access = Access::internal,
                                         .repeat = Repeat::safe}},
        Route<&StockApi::take_stock>{{.method = "POST",
                                      .path = "/internal/stock/reservations/{reservation_id}/take",
                                      .summary = "Sell what is held",
                                      .access = Access::internal,
                                      .repeat = Repeat::safe}},
        Route<&StockApi::release_stock>{
            {.method = "POST",
             .path = "/internal/stock/reservations/{reservation_id}/release",
             .summary = "Give back what is held",
             .access = Access::internal,
             .repeat = Repeat::safe}},
        Route<&StockApi::return_stock>{
            {.method = "POST",
             .path = "/internal/stock/reservations/{reservation_id}/return",
             .summary = "Give back what was sold",
             .access = Access::internal,
             .repeat = Repeat::safe}},
    };
};

std::vector<Operation> stock_operations();

}  // namespace loquat::contracts
