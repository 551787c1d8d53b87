#pragma once
#include <memory>

#include "services/chat/generations/ports.hpp"
#include "store/sql/database.hpp"

namespace loquat::chat {

// In the database of the conversations.
std::unique_ptr<GenerationStore> make_sql_generations(store::Database& database);

}  // namespace loquat::chat
