#pragma once
#include <filesystem>
#include <string_view>

#include "store/ledger/ledger.hpp"
#include "store/sql/database.hpp"
#include "store/sql/migrations.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace loquat::store {

// How to open it: Durability::crash, as store/ledger/ledger.hpp says.
SqliteOptions ledger_database(std::filesystem::path file);

// Inside a transaction.
LedgerPosition read_ledger_position(Transaction& transaction, std::string_view topic);
void save_ledger_position(Transaction& transaction, std::string_view topic,
                          const LedgerPosition& position);

}  // namespace loquat::store
