#pragma once
#include <optional>

#include "services/auth/ports.hpp"
#include "store/sql/database.hpp"

// Rows of the table `users`, for those who read and write them.
namespace loquat::auth {

// Of the column `role`.
contracts::Role to_role(const std::string& text);

// Whether another one's name looks like this: one search of an index for each way, since a
// condition with OR over another row's columns is answered by reading all rows.
#define LOQUAT_OTHER_LOOKS_LIKE(column, look)                                   \
    "EXISTS (SELECT 1 FROM users AS other WHERE other." column " = users." look \
    " AND other.id <> users.id)"

// The columns that to_account reads, of `FROM users` without an alias.
#define LOQUAT_USER_COLUMNS \
    "id, username, display_name, email, role, created_at, password_hash, password_version, " \
    "state, " \
    "(users.display_look <> '' AND (" LOQUAT_OTHER_LOOKS_LIKE("display_look", "display_look") \
    " OR " LOQUAT_OTHER_LOOKS_LIKE("username_look", "display_look") ") OR " \
    "users.display_folded_look <> '' AND (" \
    LOQUAT_OTHER_LOOKS_LIKE("display_folded_look", "display_folded_look") \
    " OR " LOQUAT_OTHER_LOOKS_LIKE("username_folded_look", "display_folded_look") "))"

Account to_account(const store::Row& row);
std::vector<Account> to_accounts(const store::Rows& rows);
std::optional<Account> find_first(const store::Rows& rows);
std::optional<Account> find_user(store::Transaction& transaction, UserId id);

// Makes somebody findable by their names and comparable by their looks.
void index_names(store::Transaction& transaction, const std::string& username,
                 const std::string& display_name);
void forget_names(store::Transaction& transaction, const Account& account);

// Whether `account` is the only administrator who can sign in.
bool is_last_admin(store::Transaction& transaction, const Account& account);

}  // namespace loquat::auth
