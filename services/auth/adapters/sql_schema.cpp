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

constexpr char standing[] = {
#embed "../schema/0003_standing.sql"
};

constexpr char looks[] = {
#embed "../schema/0004_looks.sql"
};

constexpr char done_requests[] = {
#embed "../schema/0005_done_requests.sql"
};

constexpr char erasing[] = {
#embed "../schema/0006_erasing.sql"
};

constexpr char signing_keys[] = {
#embed "../schema/0007_signing_keys.sql"
};

constexpr std::array steps{
    store::Migration{1, "users", {users, sizeof(users)}},
    store::Migration{2, "search", {search, sizeof(search)}},
    store::Migration{3, "standing", {standing, sizeof(standing)}},
    store::Migration{4, "looks", {looks, sizeof(looks)}},
    store::Migration{5, "done_requests", {done_requests, sizeof(done_requests)}},
    store::Migration{6, "erasing", {erasing, sizeof(erasing)}},
    store::Migration{7, "signing_keys", {signing_keys, sizeof(signing_keys)}}};

}  // namespace

std::span<const store::Migration> sql_schema() { return steps; }

}  // namespace loquat::auth
