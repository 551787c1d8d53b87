#include "services/auth/adapters/sql_users.hpp"

#include "base/text.hpp"
#include "wire/codec.hpp"

namespace loquat::auth {
namespace {

#define LOQUAT_USER_COLUMNS \
    "id, username, display_name, email, role, created_at, password_hash, password_version"

contracts::Role to_role(const std::string& text) {
    return wire::find_enum<contracts::Role>(text).value_or(contracts::Role::user);
}

Account to_account(const store::Row& row) {
    return {.id = row.id<UserId>(0),
            .username = row.text(1),
            .display_name = row.text(2),
            .email = row.maybe_text(3),
            .role = to_role(row.text(4)),
            .created_at = row.time(5),
            .password_hash = row.text(6),
            .password_version = row.integer(7)};
}

std::optional<Account> find_first(const store::Rows& rows) {
    return rows.empty() ? std::nullopt : std::optional{to_account(rows.front())};
}

std::vector<Account> to_accounts(const store::Rows& rows) {
    std::vector<Account> all;
    all.reserve(rows.size());
    for (const store::Row row : rows) {
        all.push_back(to_account(row));
    }
    return all;
}

// The text as part of a LIKE pattern with '!' as its escape.
std::string like_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '!') {
            out.push_back('!');
        }
        out.push_back(c);
    }
    return out;
}

// True for the one who gets it.
bool claim_first_admin(store::Transaction& transaction) {
    return transaction.execute(
               "INSERT INTO first_admin (one) VALUES (1) ON CONFLICT (one) DO NOTHING") == 1;
}

contracts::Role insert_user(store::Transaction& transaction, const Account& account) {
    const auto role =
        claim_first_admin(transaction) ? contracts::Role::admin : contracts::Role::user;
    transaction.execute(
        "INSERT INTO users (id, username, display_name, display_name_folded, email, role, "
        "created_at, password_hash, password_version) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        {account.id, account.username, account.display_name, to_lower_ascii(account.display_name),
         account.email, wire::enum_name(role), account.created_at, account.password_hash,
         account.password_version});
    return role;
}

std::optional<Account> find_user(store::Transaction& transaction, UserId id) {
    return find_first(
        transaction.query("SELECT " LOQUAT_USER_COLUMNS " FROM users WHERE id = $1", {id}));
}

}  // namespace

Task<Added> SqlUsers::add(Account account) {
    auto work = [account = std::move(account)](store::Transaction& transaction) {
        return insert_user(transaction, account);
    };
    Added added;
    try {
        added.role = co_await database_.transact(std::move(work));
    } catch (const store::ConstraintFailure& conflict) {
        added.outcome = conflict.constraint.contains("email") ? AddOutcome::email_taken
                                                              : AddOutcome::username_taken;
    }
    co_return added;
}

Task<std::optional<Account>> SqlUsers::find(UserId id) {
    std::vector<store::Value> params{id};
    const store::Rows rows = co_await database_.query(
        "SELECT " LOQUAT_USER_COLUMNS " FROM users WHERE id = $1", std::move(params));
    co_return find_first(rows);
}

Task<std::optional<Account>> SqlUsers::find_by_login(std::string login) {
    const bool is_email = login.contains('@');
    std::vector<store::Value> params{std::move(login)};
    std::string sql = is_email ? "SELECT " LOQUAT_USER_COLUMNS " FROM users WHERE email = $1"
                               : "SELECT " LOQUAT_USER_COLUMNS " FROM users WHERE username = $1";
    const store::Rows rows = co_await database_.query(std::move(sql), std::move(params));
    co_return find_first(rows);
}

Task<std::vector<Account>> SqlUsers::list_by_id(std::vector<UserId> ids) {
    auto work = [ids = std::move(ids)](store::Transaction& transaction) {
        std::vector<Account> all;
        for (const UserId& id : ids) {
            if (auto account = find_user(transaction, id)) {
                all.push_back(*std::move(account));
            }
        }
        return all;
    };
    co_return co_await database_.read(std::move(work));
}

Task<std::vector<Account>> SqlUsers::search(std::string query, std::string after,
                                            std::size_t limit) {
    const std::string pattern = like_escaped(to_lower_ascii(query));
    std::vector<store::Value> params{pattern + '%', '%' + pattern + '%', std::move(after), limit};
    const store::Rows rows = co_await database_.query(
        "SELECT " LOQUAT_USER_COLUMNS
        " FROM users WHERE "
        "(username LIKE $1 ESCAPE '!' OR display_name_folded LIKE $2 ESCAPE '!') "
        "AND username > $3 ORDER BY username LIMIT $4",
        std::move(params));
    co_return to_accounts(rows);
}

Task<std::optional<Account>> SqlUsers::change_profile(UserId id, ProfileChange change) {
    auto work = [id, change = std::move(change)](store::Transaction& transaction) {
        if (change.display_name) {
            transaction.execute(
                "UPDATE users SET display_name = $2, display_name_folded = $3 WHERE id = $1",
                {id, *change.display_name, to_lower_ascii(*change.display_name)});
        }
        if (change.email) {
            transaction.execute("UPDATE users SET email = $2 WHERE id = $1", {id, *change.email});
        }
        return find_user(transaction, id);
    };
    bool is_taken = false;
    std::optional<Account> changed;
    try {
        changed = co_await database_.transact(std::move(work));
    } catch (const store::ConstraintFailure&) {
        is_taken = true;
    }
    if (is_taken) {
        throw email_taken();
    }
    co_return changed;
}

Task<bool> SqlUsers::change_password(UserId id, std::int64_t version, std::string hash) {
    auto work = [id, version, hash = std::move(hash)](store::Transaction& transaction) {
        return transaction.execute(
                   "UPDATE users SET password_hash = $3, password_version = password_version + 1 "
                   "WHERE id = $1 AND password_version = $2",
                   {id, version, hash}) == 1;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<void> SqlUsers::rehash_password(UserId id, std::int64_t version, std::string hash) {
    auto work = [id, version, hash = std::move(hash)](store::Transaction& transaction) {
        transaction.execute(
            "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_version = $2",
            {id, version, hash});
    };
    co_await database_.transact(std::move(work));
}

Task<RoleOutcome> SqlUsers::change_role(UserId id, contracts::Role role) {
    auto work = [id, role](store::Transaction& transaction) {
        const auto account = find_user(transaction, id);
        if (!account) {
            return RoleOutcome::unknown_user;
        }
        if (account->role == role) {
            return RoleOutcome::unchanged;
        }
        const auto admins = transaction.query("SELECT COUNT(*) FROM users WHERE role = 'admin'");
        if (role != contracts::Role::admin && admins.front().integer(0) == 1) {
            return RoleOutcome::last_admin;
        }
        transaction.execute("UPDATE users SET role = $2 WHERE id = $1",
                            {id, wire::enum_name(role)});
        return RoleOutcome::changed;
    };
    co_return co_await database_.transact(std::move(work));
}

}  // namespace loquat::auth
