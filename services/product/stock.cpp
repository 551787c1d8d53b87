#include "services/product/stock.hpp"

namespace loquat::product {

using contracts::Caller;
using contracts::Reservation;
using contracts::ReservationRef;

void Stock::apply(const std::vector<StockMove>& moves) {
    for (const StockMove& move : moves) {
        shelf_.apply(move);
    }
}

Task<Reservation> Stock::reserve_stock(Caller, contracts::ReserveStock request) {
    const auto outcome = co_await store_.reserve(std::move(request), clock_.now());
    apply(outcome.moves);
    co_return outcome.reservation;
}

Task<Reservation> Stock::take_stock(Caller, ReservationRef request) {
    const auto outcome = co_await store_.take(request.reservation_id, clock_.now());
    apply(outcome.moves);
    co_return outcome.reservation;
}

Task<void> Stock::release_stock(Caller, ReservationRef request) {
    const auto moves = co_await store_.release(request.reservation_id, clock_.now());
    apply(moves);
}

Task<void> Stock::return_stock(Caller, ReservationRef request) {
    const auto moves = co_await store_.give_back(request.reservation_id, clock_.now());
    apply(moves);
}

Task<void> Stock::end_overdue() {
    const auto moves = co_await store_.end_overdue(clock_.now());
    apply(moves);
}

}  // namespace loquat::product
