#pragma once
#include <memory>
#include <span>

#include "services/chat/generations/ports.hpp"
#include "store/sql/database.hpp"
#include "store/sql/migrations.hpp"

namespace loquat::chat {

// In the database of the conversations.
std::unique_ptr<GenerationStore> make_sql_generations(store::Database& database);

// In a database of its own, opened with Durability::crash: what a reader has seen survives the
// process, and after a loss of power the answers are interrupted anyway.
std::span<const store::Migration> journal_schema();
std::unique_ptr<GenerationJournal> make_sql_journal(store::Database& database);

}  // namespace loquat::chat
