#include "services/auth/adapters/sql_users.hpp"

#include <algorithm>

#include "base/unicode/fold.hpp"
#include "services/auth/adapters/account_rows.hpp"
#include "services/auth/adapters/sql_sessions.hpp"
#include "services/auth/domain/names.hpp"
#include "services/auth/domain/search_words.hpp"
#include "wire/codec.hpp"

namespace loquat::auth {

namespace {

// How many accounts without words are indexed in one transaction.
constexpr std::size_t index_batch = 500;
// Accounts that share the prefix of a query's longest word, looked at together for its other words.
constexpr std::size_t candidates_batch = 200;

// True for the one who gets it.
bool claim_first_admin(store::Transaction& transaction) {
    return transaction.execute(
               "INSERT INTO first_admin (one) VALUES (1) ON CONFLICT (one) DO NOTHING") == 1;
}

// None when the name belonged to somebody else.
std::optional<contracts::Role> insert_user(store::Transaction& transaction, const Account& account,
                                           bool is_claimed) {
    const auto retired = transaction.query(
        "SELECT username FROM retired_usernames WHERE username = $1", {account.username});
    if (!retired.empty() && !account.takes_retired_name) {
        return std::nullopt;
    }
    const bool is_first = claim_first_admin(transaction) && !is_claimed;
    const auto role = is_first ? contracts::Role::admin : contracts::Role::user;
    transaction.execute(
        "INSERT INTO users (id, username, display_name, display_name_folded, email, role, "
        "created_at, password_hash, password_version) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        {account.id, account.username, account.display_name,
         unicode::to_search_key(account.display_name), account.email, wire::enum_name(role),
         account.created_at, account.password_hash, account.password_version});
    index_names(transaction, account.username, account.display_name);
    return role;
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
        const auto role = co_await database_.transact(std::move(work));
        added.outcome = role ? AddOutcome::added : AddOutcome::username_taken;
        added.role = role.value_or(contracts::Role::user);
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

std::vector<Account> list_from(store::Transaction& transaction, const UserQuery& wanted) {
    const bool is_all = wanted.whom == Whom::everybody;
    return to_accounts(transaction.query(
        "SELECT " LOQUAT_USER_COLUMNS
        " FROM users WHERE username > $1 AND (state = 'active' OR $3 = 1) ORDER BY username "
        "LIMIT $2",
        {wanted.after, wanted.limit, std::int64_t{is_all ? 1 : 0}}));
}

std::vector<Account> search_from(store::Transaction& transaction,
                                 const std::vector<std::string>& query, const UserQuery& wanted) {
    const std::size_t limit = wanted.limit;
    std::string after = wanted.after;
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
            const bool is_meant =
                wanted.whom == Whom::everybody || one.state == contracts::AccountState::active;
            if (is_meant && matches(words_of_names(one.username, one.display_name), query)) {
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

Task<std::vector<Account>> SqlUsers::search(UserQuery wanted) {
    auto work = [words = words_of_query(wanted.query),
                 wanted = std::move(wanted)](store::Transaction& transaction) {
        return words.empty() ? list_from(transaction, wanted)
                             : search_from(transaction, words, wanted);
    };
    co_return co_await database_.read(std::move(work));
}

Task<std::vector<Account>> SqlUsers::list_by_look(std::vector<unicode::Look> looks,
                                                  std::size_t limit) {
    auto work = [looks = std::move(looks), limit](store::Transaction& transaction) {
        std::vector<Account> all;
        for (const unicode::Look& look : looks) {
            const auto rows = transaction.query("SELECT " LOQUAT_USER_COLUMNS
                                                " FROM users WHERE display_look <> '' AND "
                                                "(display_look = $1 OR display_folded_look = $2) "
                                                "ORDER BY username LIMIT $3",
                                                {look.drawn, look.folded, limit});
            std::ranges::move(to_accounts(rows), std::back_inserter(all));
        }
        all.resize(std::min(all.size(), limit));
        return all;
    };
    co_return co_await database_.read(std::move(work));
}

Task<void> SqlUsers::index_all() {
    auto work = [](store::Transaction& transaction) {
        const store::Rows rows = transaction.query(
            "SELECT username, display_name FROM users WHERE search_words = '' LIMIT $1",
            {index_batch});
        for (const store::Row row : rows) {
            const std::string shown = to_shown_name(row.text(1), row.text(0));
            if (shown != row.text(1)) {
                transaction.execute("UPDATE users SET display_name = $2 WHERE username = $1",
                                    {row.text(0), shown});
            }
            index_names(transaction, row.text(0), shown);
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
                {id, *change.display_name, unicode::to_search_key(*change.display_name)});
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

namespace {

// The same one again, or the oldest beyond the number, goes.
void insert_done(store::Transaction& transaction, const KeyedRequest& done) {
    transaction.execute(
        "INSERT INTO done_requests (user_id, operation, request_key, done_at) "
        "VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (user_id, operation, request_key) DO UPDATE SET done_at = $4",
        {done.user, done.operation, done.key, done.at});
    transaction.execute(
        "DELETE FROM done_requests WHERE user_id = $1 AND done_at <= (SELECT done_at FROM "
        "done_requests WHERE user_id = $1 ORDER BY done_at DESC LIMIT 1 OFFSET $2)",
        {done.user, UserStore::done_per_user_max});
}

}  // namespace

Task<bool> SqlUsers::was_done(KeyedRequest request) {
    std::vector<store::Value> params{request.user, std::move(request.operation),
                                     std::move(request.key), request.at - done_kept};
    const store::Rows rows = co_await database_.query(
        "SELECT done_at FROM done_requests WHERE user_id = $1 AND operation = $2 AND "
        "request_key = $3 AND done_at > $4",
        std::move(params));
    co_return !rows.empty();
}

Task<void> SqlUsers::note_done(KeyedRequest request) {
    auto work = [request = std::move(request)](store::Transaction& transaction) {
        insert_done(transaction, request);
    };
    co_await database_.transact(std::move(work));
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
        if (change.request) {
            insert_done(transaction, *change.request);
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

}  // namespace loquat::auth
