#pragma once
#include <memory>
#include <span>

#include "services/chat/ports.hpp"
#include "store/sql/database.hpp"
#include "store/sql/migrations.hpp"

namespace loquat::chat {

// The schema that the database must be opened with.
std::span<const store::Migration> chat_schema();

// Whether several instances change memberships here: then the latest changes are rows.
enum class FeedRows : std::uint8_t { none, kept };

std::unique_ptr<ChatStore> make_sql_chats(store::Database& database,
                                          FeedRows feed = FeedRows::none);

}  // namespace loquat::chat
