#include "services/session/adapters/floor.hpp"

#include "wire/codec.hpp"

namespace loquat::session {
namespace {

using contracts::Caller;
using contracts::CartsApi;
using contracts::GuestsApi;
using contracts::StockApi;

contracts::ReservationRef to_ref(CheckoutId id) { return {{id.uuid}}; }

}  // namespace

Task<contracts::GuestToken> Floor::issue_guest(Caller caller) {
    contracts::Empty request;
    co_return co_await clients_.guests.call<&GuestsApi::issue_guest>(std::move(caller), request);
}

Task<contracts::ProvenGuest> Floor::prove_guest(Caller caller, std::string token) {
    contracts::GuestProof request{std::move(token)};
    co_return co_await clients_.guests.call<&GuestsApi::prove_guest>(std::move(caller),
                                                                     std::move(request));
}

Task<void> Floor::end_guest(Caller caller, SessionId guest) {
    contracts::GuestRef request{guest};
    co_await clients_.guests.call<&GuestsApi::end_guest>(std::move(caller), request);
}

Task<CartFacts> Floor::cart_facts(Caller caller, ShopSessionId id) {
    contracts::CartRef request{id.to_string()};
    const auto reply = co_await clients_.carts.call<&CartsApi::get_cart_within>(std::move(caller),
                                                                                std::move(request));
    const auto cart = wire::from_json<contracts::Cart>(reply.body.json);
    co_return CartFacts{cart.version, !cart.lines.empty(), cart.updated_at};
}

Task<contracts::MergedCart> Floor::merge_cart(Caller caller, ShopSessionId into,
                                              ShopSessionId from) {
    contracts::MergeCart request{into.to_string(), from.to_string()};
    co_return co_await clients_.carts.call<&CartsApi::merge_cart>(std::move(caller),
                                                                  std::move(request));
}

Task<void> Floor::hand_over_cart(Caller caller, ShopSessionId id, UserId owner) {
    contracts::HandOverCart request{id.to_string(), owner};
    co_await clients_.carts.call<&CartsApi::hand_over_cart>(std::move(caller), std::move(request));
}

Task<contracts::Cart> Floor::hold_cart(Caller caller, contracts::HoldCart request) {
    const auto reply =
        co_await clients_.carts.call<&CartsApi::hold_cart>(std::move(caller), std::move(request));
    co_return wire::from_json<contracts::Cart>(reply.body.json);
}

Task<void> Floor::settle_cart(Caller caller, contracts::SettleCart request) {
    co_await clients_.carts.call<&CartsApi::settle_cart>(std::move(caller), std::move(request));
}

Task<void> Floor::reserve_stock(Caller caller, contracts::ReserveStock request) {
    co_await clients_.stock.call<&StockApi::reserve_stock>(std::move(caller), std::move(request));
}

Task<void> Floor::take_stock(Caller caller, CheckoutId id) {
    contracts::ReservationRef request = to_ref(id);
    co_await clients_.stock.call<&StockApi::take_stock>(std::move(caller), request);
}

Task<void> Floor::release_stock(Caller caller, CheckoutId id) {
    contracts::ReservationRef request = to_ref(id);
    co_await clients_.stock.call<&StockApi::release_stock>(std::move(caller), request);
}

Task<void> Floor::return_stock(Caller caller, CheckoutId id) {
    contracts::ReservationRef request = to_ref(id);
    co_await clients_.stock.call<&StockApi::return_stock>(std::move(caller), request);
}

}  // namespace loquat::session
