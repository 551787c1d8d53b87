#pragma once
#include <span>

#include "store/sql/migrations.hpp"

namespace loquat::product {

// The steps of product.db.
std::span<const store::Migration> sql_schema();

}  // namespace loquat::product
