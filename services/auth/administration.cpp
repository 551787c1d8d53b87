#include "services/auth/administration.hpp"

#include "base/random_text.hpp"

namespace loquat::auth {
namespace {

using contracts::AccountState;
using contracts::Caller;

// For leaving all conversations; after it the rest goes on alone.
constexpr std::chrono::seconds leaving_max{5};
constexpr std::size_t made_password_bytes = 15;

contracts::AccountInfo to_info(const Account& account) {
    return {.id = account.id,
            .username = account.username,
            .display_name = account.display_name,
            .created_at = account.created_at,
            .email = account.email,
            .role = account.role,
            .state = account.state};
}

}  // namespace

contracts::Page<contracts::SessionInfo> to_page(const std::vector<Session>& sessions,
                                                const SessionId& current) {
    contracts::Page<contracts::SessionInfo> page;
    for (const Session& session : sessions) {
        page.items.push_back({.id = session.id,
                              .created_at = session.created_at,
                              .last_seen_at = session.last_seen_at,
                              .user_agent = session.user_agent,
                              .current = session.id == current});
    }
    return page;
}

Task<bool> change_role(Accounts& accounts, Sessions& sessions, RoleChange wanted) {
    const auto revoked =
        co_await accounts.change_role(wanted.id, wanted.role, sessions.old_tokens(wanted.id));
    if (revoked) {
        sessions.announce(*revoked);
    }
    co_return revoked.has_value();
}

void Administration::note(const Caller& caller, std::string_view action, UserId subject) {
    parts_.audit.note(caller, {.action = action, .subject = subject.to_string()});
}

Task<contracts::AddedAccount> Administration::add_account(Caller caller,
                                                          contracts::AddAccountRequest request) {
    caller.require_admin();
    check_role(request.role);
    contracts::AddedAccount added;
    if (!request.password) {
        added.password = random_text(made_password_bytes);
    }
    NewAccount wanted{.username = std::move(request.username),
                      .password = added.password ? *added.password : *request.password,
                      .email = std::move(request.email),
                      .display_name = std::move(request.display_name),
                      .choice = NameChoice::administrators};
    Account account = co_await parts_.accounts.add(std::move(wanted));
    note(caller, "auth.account_added", account.id);
    if (request.role != account.role && request.role == contracts::Role::admin) {
        const RoleChange change{account.id, request.role};
        co_await change_role(parts_.accounts, parts_.sessions, change);
        account.role = request.role;
        note(caller, "auth.role_changed", account.id);
    }
    added.user = to_info(account);
    co_return added;
}

Task<contracts::Page<contracts::AccountInfo>> Administration::list_accounts(
    Caller caller, contracts::ListAccountsRequest request) {
    caller.require_admin();
    Accounts::SearchWish wanted{.query = std::move(request.query),
                                .cursor = std::move(request.cursor),
                                .limit = static_cast<std::size_t>(request.limit),
                                .whom = Whom::everybody};
    const AccountPage found = co_await parts_.accounts.search(std::move(wanted));
    contracts::Page<contracts::AccountInfo> page{.items = {}, .next_cursor = found.next_cursor};
    for (const Account& account : found.items) {
        page.items.push_back(to_info(account));
    }
    co_return page;
}

Task<contracts::AccountInfo> Administration::get_account(Caller caller,
                                                         contracts::UserRef request) {
    caller.require_admin();
    const Account account = co_await parts_.accounts.get(request.id);
    co_return to_info(account);
}

Task<contracts::PasswordAnswer> Administration::reset_password(
    Caller caller, contracts::ResetPasswordRequest request) {
    caller.require_admin();
    contracts::PasswordAnswer answer;
    if (!request.password) {
        answer.password = random_text(made_password_bytes);
    }
    Accounts::PasswordReset reset{.next = answer.password ? *answer.password : *request.password,
                                  .ending = parts_.sessions.all_of(request.id)};
    const auto ended = co_await parts_.accounts.reset_password(std::move(reset));
    parts_.sessions.announce(ended);
    note(caller, "auth.password_reset", request.id);
    co_return answer;
}

Task<bool> Administration::change_state(UserId id, AccountState state,
                                        contracts::RemovedMessages messages) {
    const Account before = co_await parts_.accounts.get(id);
    const auto ended =
        co_await parts_.accounts.change_state(id, state, parts_.sessions.all_of(id), messages);
    if (!ended) {
        co_return false;
    }
    parts_.sessions.announce(*ended);
    Account after = co_await parts_.accounts.get(id);
    co_await parts_.names.changed(before, std::move(after));
    co_return true;
}

Task<contracts::AccountInfo> Administration::set_account_state(
    Caller caller, contracts::AccountUseRequest request) {
    caller.require_admin();
    const bool is_active = request.state == contracts::AccountUse::active;
    const bool is_changed = co_await change_state(
        request.id, is_active ? AccountState::active : AccountState::disabled);
    if (is_changed) {
        note(caller, is_active ? "auth.account_enabled" : "auth.account_disabled", request.id);
    }
    const Account account = co_await parts_.accounts.get(request.id);
    co_return to_info(account);
}

Task<contracts::AccountInfo> Administration::set_account_role(Caller caller,
                                                              contracts::RoleRequest request) {
    caller.require_admin();
    const RoleChange change{request.id, request.role};
    const bool is_changed = co_await change_role(parts_.accounts, parts_.sessions, change);
    if (is_changed) {
        note(caller, "auth.role_changed", request.id);
    }
    const Account account = co_await parts_.accounts.get(request.id);
    co_return to_info(account);
}

Task<contracts::Page<contracts::SessionInfo>> Administration::list_account_sessions(
    Caller caller, contracts::UserRef request) {
    caller.require_admin();
    co_await parts_.accounts.get(request.id);
    const auto sessions = co_await parts_.sessions.list(request.id);
    co_return to_page(sessions, caller.session);
}

Task<void> Administration::end_account_sessions(Caller caller, contracts::UserRef request) {
    caller.require_admin();
    co_await parts_.accounts.get(request.id);
    co_await parts_.sessions.end_all(request.id);
    note(caller, "auth.sessions_ended", request.id);
}

Task<void> Administration::end_account_session(Caller caller,
                                               contracts::AccountSessionRef request) {
    caller.require_admin();
    const std::size_t ended =
        co_await parts_.sessions.end(request.id, request.session_id, std::nullopt);
    if (ended == 0) {
        throw session_not_found();
    }
    parts_.audit.note(caller,
                      {.action = "auth.session_ended", .subject = request.session_id.to_string()});
}

Task<contracts::RemovedAccount> Administration::remove_account(
    Caller caller, contracts::RemoveAccountRequest request) {
    caller.require_admin();
    const bool is_erased = request.messages == contracts::RemovedMessages::erase;
    Leaving::Wait left{parts_.leaving, request.id};
    co_await change_state(request.id, AccountState::removed, request.messages);
    note(caller, "auth.account_removed", request.id);
    if (is_erased) {
        note(caller, "auth.account_erased", request.id);
    }
    const Steady deadline =
        std::min(caller.deadline, std::chrono::steady_clock::now() + leaving_max);
    contracts::RemovedAccount removed;
    removed.left_conversations = co_await left.until(deadline);
    removed.erased_messages = is_erased && removed.left_conversations;
    co_return removed;
}

Task<contracts::UserIds> Administration::list_erased_accounts(Caller, contracts::Empty) {
    contracts::UserIds erased;
    for (const UserStore::Leaver& leaver : co_await parts_.leaving.list()) {
        if (leaver.messages == contracts::RemovedMessages::erase) {
            erased.ids.push_back(leaver.user);
        }
    }
    co_return erased;
}

}  // namespace loquat::auth
