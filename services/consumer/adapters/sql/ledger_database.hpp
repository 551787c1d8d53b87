#pragma once
#include "store/sql/database_need.hpp"

namespace loquat::consumer {

// `usage`, with Durability::crash.  After a loss of power it is older but whole, and what is
// missing is applied again from the log, which must still have it: see PositionStore::secure.
store::DatabaseNeed ledger_database();

}  // namespace loquat::consumer
