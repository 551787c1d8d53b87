#pragma once
#include "services/session/ports.hpp"
#include "store/sql/migrations.hpp"

namespace loquat::session {

// The steps of session.db.
std::span<const store::Migration> sql_schema();

// Sessions, checkouts and orders in a relational database, which outlives this.
class SqlSessions final : public SessionStore {
  public:
    explicit SqlSessions(store::Database& database) : database_(database) {}

    Task<bool> add(SessionRow session, std::optional<Kept> kept) override;
    Task<std::optional<SessionRow>> find(ShopSessionId id) override;
    Task<std::optional<SessionRow>> find_of_guest(SessionId guest) override;
    Task<std::optional<SessionRow>> find_active(UserId owner, Time now) override;
    Task<bool> note_merged(ShopSessionId id, ShopSessionId into) override;
    Task<bool> hand_over(ShopSessionId id, UserId owner) override;

    Task<std::optional<store::KeptAnswer>> find_answer(store::KeyedRequest request) override;
    Task<BeginEnd> begin(CheckoutRow checkout) override;
    Task<bool> advance(CheckoutStep step) override;
    Task<std::optional<CheckoutRow>> find_checkout(CheckoutId id) override;
    Task<std::vector<CheckoutRow>> list_unfinished(Time before, std::size_t limit) override;

    Task<std::optional<OrderRow>> find_order(OrderId id) override;
    Task<std::vector<OrderRow>> list_orders(UserId owner, std::optional<OrderId> before,
                                            std::size_t limit) override;
    Task<bool> cancel(OrderId id, Time at) override;
    Task<void> clean_up(Time now, std::size_t rows_max) override;

  private:
    store::Database& database_;
};

}  // namespace loquat::session
