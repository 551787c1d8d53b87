#include "services/auth/adapters/account_rows.hpp"
#include "services/auth/adapters/sql_sessions.hpp"
#include "services/auth/adapters/sql_users.hpp"
#include "services/auth/domain/names.hpp"
#include "wire/codec.hpp"

// Whether an account may be used, and by whom it is administered.

namespace loquat::auth {
namespace {

using contracts::AccountState;

// The row stays, for messages name its id; what tells who it was goes.
void erase_person(store::Transaction& transaction, const Account& account,
                  contracts::RemovedMessages messages) {
    forget_names(transaction, account);
    transaction.execute(
        "INSERT INTO retired_usernames (username) VALUES ($1) ON CONFLICT (username) DO NOTHING",
        {account.username});
    transaction.execute(
        "UPDATE users SET username = $2, display_name = $3, display_name_folded = '', "
        "email = NULL, role = 'user', password_hash = '', "
        "password_version = password_version + 1, search_words = ' ', display_look = '', "
        "username_look = '', display_folded_look = '', username_folded_look = '', leaving = 1, "
        "erasing = $4 WHERE id = $1",
        {account.id, username_of_removed(account.id), display_name_of_removed,
         messages == contracts::RemovedMessages::erase ? 1 : 0});
}

}  // namespace

Task<Changed> SqlUsers::change_role(UserId id, contracts::Role role, OldTokens old_tokens) {
    auto work = [id, role, old_tokens](store::Transaction& transaction) -> Changed {
        const auto account = find_user(transaction, id);
        if (!account || account->state == AccountState::removed) {
            return {.outcome = ChangeOutcome::unknown_user};
        }
        if (account->role == role) {
            return {.outcome = ChangeOutcome::unchanged};
        }
        if (role != contracts::Role::admin && is_last_admin(transaction, *account)) {
            return {.outcome = ChangeOutcome::last_admin};
        }
        transaction.execute("UPDATE users SET role = $2 WHERE id = $1",
                            {id, wire::enum_name(role)});
        const auto revocation = old_tokens.revocation();
        insert_revocation(transaction, revocation);
        return {.ended = {revocation}};
    };
    co_return co_await database_.transact(std::move(work));
}

Task<Changed> SqlUsers::change_state(UserId id, AccountState state, Ending ending,
                                     contracts::RemovedMessages messages) {
    auto work = [id, state, ending, messages](store::Transaction& transaction) -> Changed {
        const auto account = find_user(transaction, id);
        if (!account || account->state == AccountState::removed) {
            return {.outcome = ChangeOutcome::unknown_user};
        }
        if (account->state == state) {
            return {.outcome = ChangeOutcome::unchanged};
        }
        if (is_last_admin(transaction, *account)) {
            return {.outcome = ChangeOutcome::last_admin};
        }
        transaction.execute("UPDATE users SET state = $2 WHERE id = $1",
                            {id, wire::enum_name(state)});
        if (state == AccountState::removed) {
            erase_person(transaction, *account, messages);
        }
        Changed changed;
        if (state != AccountState::active) {
            changed.ended = end_sessions(transaction, ending);
        }
        return changed;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<Revoked> SqlUsers::reset_password(UserId id, std::string hash, Ending ending) {
    auto work = [id, hash = std::move(hash), ending](store::Transaction& transaction) -> Revoked {
        const auto changed = transaction.execute(
            "UPDATE users SET password_hash = $2, password_version = password_version + 1 "
            "WHERE id = $1 AND state <> 'removed'",
            {id, hash});
        if (changed == 0) {
            return std::nullopt;
        }
        return end_sessions(transaction, ending);
    };
    co_return co_await database_.transact(std::move(work));
}

Task<std::vector<UserStore::Leaver>> SqlUsers::list_leaving(std::size_t limit) {
    std::vector<store::Value> params{limit};
    const store::Rows rows = co_await database_.query(
        "SELECT id, erasing FROM users WHERE leaving = 1 ORDER BY id LIMIT $1", std::move(params));
    std::vector<Leaver> all;
    for (const store::Row row : rows) {
        const bool is_erased = row.integer(1) != 0;
        all.push_back({row.id<UserId>(0), is_erased ? contracts::RemovedMessages::erase
                                                    : contracts::RemovedMessages::keep});
    }
    co_return all;
}

Task<void> SqlUsers::note_left(UserId id) {
    auto work = [id](store::Transaction& transaction) {
        transaction.execute("UPDATE users SET leaving = 0, erasing = 0 WHERE id = $1", {id});
    };
    co_await database_.transact(std::move(work));
}

}  // namespace loquat::auth
