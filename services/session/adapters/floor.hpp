#pragma once
#include "contracts/core/client.hpp"
#include "services/session/ports.hpp"

namespace loquat::session {

// The services auth, cart and product.
class Floor final : public ShopFloor {
  public:
    struct Clients {
        contracts::Client<contracts::GuestsApi> guests;
        contracts::Client<contracts::CartsApi> carts;
        contracts::Client<contracts::StockApi> stock;
    };

    explicit Floor(Clients clients) : clients_(std::move(clients)) {}

    Task<contracts::GuestToken> issue_guest(contracts::Caller caller) override;
    Task<contracts::ProvenGuest> prove_guest(contracts::Caller caller, std::string token) override;
    Task<void> end_guest(contracts::Caller caller, SessionId guest) override;
    Task<CartFacts> cart_facts(contracts::Caller caller, ShopSessionId id) override;
    Task<contracts::MergedCart> merge_cart(contracts::Caller caller, ShopSessionId into,
                                           ShopSessionId from) override;
    Task<void> hand_over_cart(contracts::Caller caller, ShopSessionId id, UserId owner) override;
    Task<contracts::Cart> hold_cart(contracts::Caller caller, contracts::HoldCart request) override;
    Task<void> settle_cart(contracts::Caller caller, contracts::SettleCart request) override;
    Task<void> reserve_stock(contracts::Caller caller, contracts::ReserveStock request) override;
    Task<void> take_stock(contracts::Caller caller, CheckoutId id) override;
    Task<void> release_stock(contracts::Caller caller, CheckoutId id) override;
    Task<void> return_stock(contracts::Caller caller, CheckoutId id) override;

  private:
    Clients clients_;
};

}  // namespace loquat::session
