#pragma once
#include <vector>

#include "services/chat/ports.hpp"
#include "store/sql/database.hpp"

// The conversations of one person, as ChatStore lists them.
namespace loquat::chat {

std::vector<Place> read_places(store::Transaction& transaction, const UserId& user);
std::vector<Place> read_page(store::Transaction& transaction, const PlaceQuery& query);
std::vector<Place> read_places_in(store::Transaction& transaction, const UserId& user,
                                  const std::vector<ChatId>& chats);

}  // namespace loquat::chat
