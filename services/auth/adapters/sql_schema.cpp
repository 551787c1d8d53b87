#include "services/auth/adapters/sql_schema.hpp"

#include <array>

namespace loquat::auth {
namespace {

constexpr char users[] = {
#embed "../schema/0001_users.sql"
};

constexpr char search[] = {
#embed "../schema/0002_search.sql"
};

constexpr std::array steps{store::Migration{1, "users", {users, sizeof(users)}},
                           store::Migration{2, "search", {search, sizeof(search)}}};

}  // namespace

std::span<const store::Migration> sql_schema() { return steps; }

}  // namespace loquat::auth
