#include "services/auth/adapters/account_rows.hpp"

#include "base/unicode/fold.hpp"
#include "services/auth/domain/search_words.hpp"
#include "wire/codec.hpp"

namespace loquat::auth {
namespace {

std::string join(const SearchWords& words) {
    std::string text;
    for (const std::string& word : words) {
        text.append(word).push_back(' ');
    }
    return text;
}

}  // namespace

contracts::Role to_role(const std::string& text) {
    return wire::find_enum<contracts::Role>(text).value_or(contracts::Role::user);
}

Account to_account(const store::Row& row) {
    using contracts::AccountState;
    return {.id = row.id<UserId>(0),
            .username = row.text(1),
            .display_name = row.text(2),
            .email = row.maybe_text(3),
            .role = to_role(row.text(4)),
            .created_at = row.time(5),
            .password_hash = row.text(6),
            .password_version = row.integer(7),
            .state = wire::find_enum<AccountState>(row.text(8)).value_or(AccountState::disabled),
            .is_name_shared = row.integer(9) != 0};
}

std::vector<Account> to_accounts(const store::Rows& rows) {
    std::vector<Account> all;
    all.reserve(rows.size());
    for (const store::Row row : rows) {
        all.push_back(to_account(row));
    }
    return all;
}

std::optional<Account> find_first(const store::Rows& rows) {
    return rows.empty() ? std::nullopt : std::optional{to_account(rows.front())};
}

std::optional<Account> find_user(store::Transaction& transaction, UserId id) {
    return find_first(
        transaction.query("SELECT " LOQUAT_USER_COLUMNS " FROM users WHERE id = $1", {id}));
}

void index_names(store::Transaction& transaction, const std::string& username,
                 const std::string& display_name) {
    const SearchWords words = words_of_names(username, display_name);
    const unicode::Look shown = unicode::to_look(display_name);
    const unicode::Look own = unicode::to_look(username);
    transaction.execute(
        "UPDATE users SET search_words = $2, display_look = $3, username_look = $4, "
        "display_folded_look = $5, username_folded_look = $6 WHERE username = $1",
        {username, join(words), shown.drawn, own.drawn, shown.folded, own.folded});
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

bool is_last_admin(store::Transaction& transaction, const Account& account) {
    const auto others = transaction.query(
        "SELECT COUNT(*) FROM users WHERE role = 'admin' AND state = 'active' AND id <> $1",
        {account.id});
    return account.role == contracts::Role::admin &&
           account.state == contracts::AccountState::active && others.front().integer(0) == 0;
}

}  // namespace loquat::auth
