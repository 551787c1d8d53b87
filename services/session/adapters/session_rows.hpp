#pragma once
#include "services/session/ports.hpp"

// Rows of session.db, read and written.
namespace loquat::session {

void insert_session(store::Transaction& transaction, const SessionRow& session);
std::optional<SessionRow> read_session(store::Transaction& transaction, ShopSessionId id);
std::optional<SessionRow> read_of_guest(store::Transaction& transaction, SessionId guest);
std::optional<SessionRow> read_active(store::Transaction& transaction, UserId owner, Time now);

void insert_checkout(store::Transaction& transaction, const CheckoutRow& checkout);
std::optional<CheckoutRow> read_checkout(store::Transaction& transaction, CheckoutId id);
std::vector<CheckoutRow> read_unfinished(store::Transaction& transaction, Time before,
                                         std::size_t limit);

std::optional<OrderRow> read_order(store::Transaction& transaction, OrderId id);
std::vector<OrderRow> read_orders(store::Transaction& transaction, UserId owner,
                                  std::optional<OrderId> before, std::size_t limit);

}  // namespace loquat::session
