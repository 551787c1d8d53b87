#pragma once
#include <span>

#include "store/sql/migrations.hpp"

namespace loquat::auth {

// The steps of auth.db.
std::span<const store::Migration> sql_schema();

}  // namespace loquat::auth
