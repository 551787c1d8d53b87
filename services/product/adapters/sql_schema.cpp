#include "services/product/adapters/sql_schema.hpp"

#include <array>

namespace loquat::product {
namespace {

constexpr char catalogue[] = {
#embed "../schema/0001_catalogue.sql"
};

constexpr std::array steps{store::Migration{1, "catalogue", {catalogue, sizeof(catalogue)}}};

}  // namespace

std::span<const store::Migration> sql_schema() { return steps; }

}  // namespace loquat::product
