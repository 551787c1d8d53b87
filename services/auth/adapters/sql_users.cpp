#include "services/auth/adapters/sql_users.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "services/auth/adapters/sql_sessions.hpp"
#include "services/auth/domain/search_words.hpp"
#include "wire/codec.hpp"

namespace loquat::auth {

contracts::Role to_role(const std::string& text) {
    return wire::find_enum<contracts::Role>(text).value_or(contracts::Role::user);
}

namespace {

#define LOQUAT_USER_COLUMNS \
    "id, username, display_name, email, role, created_at, password_hash, password_version"

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

// How many accounts without words are indexed in one transaction.
constexpr std::size_t index_batch = 500;
// Accounts that share the prefix of a query's longest word, looked at together for its other words.
constexpr std::size_t candidates_batch = 200;

std::string join(const SearchWords& words) {
    std::string text;
    for (const std::string& word : words) {
        text.append(word).push_back(' ');
    }
    return text;
}

void index_names(store::Transaction& transaction, const std::string& username,
                 const std::string& display_name) {
    const SearchWords words = words_of_names(username, display_name);
    transaction.execute("UPDATE users SET search_words = $2 WHERE username = $1",
                        {username, join(words)});
    for (const std::string& prefix : prefixes_of(words)) {
        transaction.execute("INSERT INTO user_prefixes (prefix, username) VALUES ($1, $2)",
                            {prefix, username});
    }
}

void forget_names(store::Transaction& transaction, const Account& account) {
    const SearchWords words = words_of_names(account.username, account.display_name);
    for (const std::string& prefix : prefixes_of(words)) {
        transaction.execute("DELETE FROM user_prefixes WHERE prefix = $1 AND username = $2",
                            {prefix, account.username});
    }
}

// True for the one who gets it.
bool claim_first_admin(store::Transaction& transaction) {
    return transaction.execute(
               "INSERT INTO first_admin (one) VALUES (1) ON CONFLICT (one) DO NOTHING") == 1;
}

contracts::Role insert_user(store::Transaction& transaction, const Account& account,
                            bool is_claimed) {
    const bool is_first = claim_first_admin(transaction) && !is_claimed;
    const auto role = is_first ? contracts::Role::admin : contracts::Role::user;
    transaction.execute(
        "INSERT INTO users (id, username, display_name, display_name_folded, email, role, "
        "created_at, password_hash, password_version) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        {account.id, account.username, account.display_name, to_lower_ascii(account.display_name),
         account.email, wire::enum_name(role), account.created_at, account.password_hash,
         account.password_version});
    index_names(transaction, account.username, account.display_name);
    return role;
}

std::optional<Account> find_user(store::Transaction& transaction, UserId id) {
    return find_first(
        transaction.query("SELECT " LOQUAT_USER_COLUMNS " FROM users WHERE id = $1", {id}));
}

}  // namespace

Task<Added> SqlUsers::add(Account account) {
    const std::string id = account.id.to_string();
    const bool is_claimed = folder_ != nullptr && folder_->administrator_claimed();
    auto work = [account = std::move(account), is_claimed](store::Transaction& transaction) {
        return insert_user(transaction, account, is_claimed);
    };
    Added added;
    try {
        added.role = co_await database_.transact(std::move(work));
    } catch (const store::ConstraintFailure& conflict) {
        added.outcome = conflict.constraint.contains("email") ? AddOutcome::email_taken
                                                              : AddOutcome::username_taken;
    }
    if (folder_ != nullptr && added.role == contracts::Role::admin) {
        folder_->claim_administrator(id);
    }
    co_return added;
}

Task<void> SqlUsers::claim() {
    const store::Rows rows = co_await database_.query("SELECT one FROM first_admin");
    if (folder_ != nullptr && !rows.empty()) {
        folder_->claim_administrator({});
    }
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

namespace {

std::vector<Account> list_from(store::Transaction& transaction, const std::string& after,
                               std::size_t limit) {
    return to_accounts(transaction.query("SELECT " LOQUAT_USER_COLUMNS
                                         " FROM users WHERE username > $1 ORDER BY username "
                                         "LIMIT $2",
                                         {after, limit}));
}

std::vector<Account> search_from(store::Transaction& transaction,
                                 const std::vector<std::string>& query, std::string after,
                                 std::size_t limit) {
    const std::string prefix = prefix_of(query.front());
    const bool is_exact = query.size() == 1 && prefix == query.front();
    const std::size_t batch = is_exact ? limit : std::max(limit, candidates_batch);
    std::vector<Account> found;
    for (;;) {
        const auto candidates = to_accounts(transaction.query(
            "SELECT " LOQUAT_USER_COLUMNS
            " FROM users WHERE username IN (SELECT username FROM user_prefixes WHERE prefix = $1 "
            "AND username > $2 ORDER BY username LIMIT $3) ORDER BY username",
            {prefix, after, batch}));
        for (const Account& one : candidates) {
            if (matches(words_of_names(one.username, one.display_name), query)) {
                found.push_back(one);
            }
            if (found.size() == limit) {
                return found;
            }
        }
        if (candidates.size() < batch) {
            return found;
        }
        after = candidates.back().username;
    }
}

}  // namespace

Task<std::vector<Account>> SqlUsers::search(std::string query, std::string after,
                                            std::size_t limit) {
    auto work = [words = words_of_query(query), after = std::move(after),
                 limit](store::Transaction& transaction) {
        return words.empty() ? list_from(transaction, after, limit)
                             : search_from(transaction, words, after, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Task<void> SqlUsers::index_all() {
    auto work = [](store::Transaction& transaction) {
        const store::Rows rows = transaction.query(
            "SELECT username, display_name FROM users WHERE search_words = '' LIMIT $1",
            {index_batch});
        for (const store::Row row : rows) {
            index_names(transaction, row.text(0), row.text(1));
        }
        return rows.size();
    };
    std::size_t indexed = index_batch;
    while (indexed == index_batch) {
        indexed = co_await database_.transact(work);
    }
}

Task<std::optional<Account>> SqlUsers::change_profile(UserId id, ProfileChange change) {
    auto work = [id, change = std::move(change)](store::Transaction& transaction) {
        const auto before = find_user(transaction, id);
        if (change.display_name && before) {
            forget_names(transaction, *before);
            index_names(transaction, before->username, *change.display_name);
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

Task<Revoked> SqlUsers::change_password(UserId id, PasswordChange change) {
    auto work = [id, change = std::move(change)](store::Transaction& transaction) -> Revoked {
        const auto changed = transaction.execute(
            "UPDATE users SET password_hash = $3, password_version = password_version + 1 "
            "WHERE id = $1 AND password_version = $2",
            {id, change.version, change.hash});
        if (changed == 0) {
            return std::nullopt;
        }
        return end_sessions(transaction, change.ending);
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

Task<RoleOutcome> SqlUsers::change_role(UserId id, contracts::Role role,
                                        contracts::Revocation revocation) {
    auto work = [id, role, revocation](store::Transaction& transaction) {
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
        insert_revocation(transaction, revocation);
        return RoleOutcome::changed;
    };
    co_return co_await database_.transact(std::move(work));
}

}  // namespace loquat::auth
