#pragma once
#include <memory>

#include "store/audit/audit_store.hpp"
#include "store/sql/database.hpp"

namespace loquat::store {

// In a database opened as store/ledger/ledger_database.hpp says.
std::unique_ptr<AuditStore> make_sql_audit(Database& database);

}  // namespace loquat::store
