#pragma once
#include "services/cart/domain/changes.hpp"
#include "services/cart/ports.hpp"

// What requests and answers of carts are made of.
namespace loquat::cart {

// So often a change is tried again that other instances were faster than.
constexpr int attempts_max = 20;
constexpr std::size_t clean_up_rows_max = 10'000;

// 404 session.not_found for what is no id.
ShopSessionId to_session_id(std::string_view ref);
Failure no_session();
Failure too_busy();

contracts::CartReply to_reply(const contracts::Cart& cart);
contracts::CartReply to_replayed(store::KeptAnswer answer);
store::KeptAnswer to_kept(const contracts::CartReply& reply);

// The line that a request names by what it is of.  A product that is not sold any more is found by
// the id that its line has.
LineWish wish_of(const contracts::UpdateCart& request, const std::optional<Products::Named>& named);

}  // namespace loquat::cart
