#include "services/auth/adapters/sql_schema.hpp"

#include <array>

namespace loquat::auth {
namespace {

constexpr char users[] = {
#embed "../schema/0001_users.sql"
};

constexpr std::array steps{store::Migration{1, "users", {users, sizeof(users)}}};

}  // namespace

std::span<const store::Migration> sql_schema() { return steps; }

}  // namespace loquat::auth
