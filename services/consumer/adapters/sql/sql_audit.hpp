#pragma once
#include <memory>

#include "services/consumer/ports.hpp"
#include "store/sql/database.hpp"

namespace loquat::consumer {

// In a database opened as store/ledger/ledger_database.hpp says.
std::unique_ptr<AuditStore> make_sql_audit(store::Database& database);

}  // namespace loquat::consumer
