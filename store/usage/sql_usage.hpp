#pragma once
#include <memory>

#include "store/sql/database.hpp"
#include "store/usage/usage_store.hpp"

namespace loquat::store {

// In a database opened as store/ledger/ledger_database.hpp says.
std::unique_ptr<UsageStore> make_sql_usage(Database& database);

}  // namespace loquat::store
