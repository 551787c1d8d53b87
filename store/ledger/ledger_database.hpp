#pragma once
#include <filesystem>

#include "store/sqlite/sqlite_database.hpp"

namespace loquat::store {

// How to open it: Durability::crash.  After a loss of power it is older but whole, and what is
// missing is applied again from the log, which must still have it: see PositionStore::secure.
SqliteOptions ledger_database(std::filesystem::path file);

}  // namespace loquat::store
