#pragma once
#include <filesystem>
#include <span>
#include <string_view>

#include "store/ledger/ledger.hpp"
#include "store/sql/database.hpp"
#include "store/sql/migrations.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace loquat::store {

// The schema that the database of usage and audit trail must be opened with (SQLite).
std::span<const Migration> ledger_schema();
// How to open it: Durability::crash, as store/ledger/ledger.hpp says.
SqliteOptions ledger_database(std::filesystem::path file);

// Inside a transaction.
LedgerPosition read_ledger_position(Transaction& transaction, std::string_view topic);
void save_ledger_position(Transaction& transaction, std::string_view topic,
                          const LedgerPosition& position);

}  // namespace loquat::store
