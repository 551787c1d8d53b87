#pragma once
#include "contracts/session/session.hpp"

namespace loquat::session {

// What is bought with a cart.  The summary says it in one line.
contracts::Order order_of(const contracts::Cart& cart, const std::optional<std::string>& email,
                          Time now);

// For those who began and cannot buy: 409 `session.not_active` or `checkout.in_progress`.
Failure not_active(contracts::ShopSessionStatus status,
                   const std::optional<contracts::OrderId>& order);

}  // namespace loquat::session
