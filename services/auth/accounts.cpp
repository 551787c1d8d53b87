#include "services/auth/accounts.hpp"

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "services/auth/domain/names.hpp"
#include "services/auth/domain/password_rules.hpp"

namespace loquat::auth {
namespace {

Failure user_not_found() {
    return {Kind::not_found, "auth.user_not_found", "There is no such person."};
}

// Observes how long it lived, also when what it watches fails.
class Watch {
  public:
    explicit Watch(runtime::Histogram& histogram) : histogram_(histogram) {}
    ~Watch() { histogram_.observe(std::chrono::steady_clock::now() - began_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

  private:
    runtime::Histogram& histogram_;
    Steady began_ = std::chrono::steady_clock::now();
};

std::string after_of(const std::optional<std::string>& cursor) {
    if (!cursor || cursor->empty()) {
        return {};
    }
    auto after = from_base64url(*cursor);
    if (!after || !is_utf8(*after) || after->size() > 64) {
        throw invalid_field("cursor", "invalid", "is not a cursor of this list");
    }
    return *std::move(after);
}

}  // namespace

Failure invalid_credentials() {
    return {Kind::unauthenticated, "auth.invalid_credentials",
            "The name or the password is wrong."};
}

Task<Account> Accounts::add(NewAccount wanted) {
    Account account{.id = UserId::make(),
                    .username = to_username(wanted.username),
                    .email = to_email(wanted.email.value_or("")),
                    .created_at = parts_.clock.now()};
    const bool is_named = wanted.display_name && !trim(*wanted.display_name).empty();
    account.display_name = is_named ? to_display_name(*wanted.display_name) : account.username;
    check_new_password("password", wanted.password, account.username, account.email);
    account.password_hash = co_await hash(std::move(wanted.password));
    const Added added = co_await parts_.users.add(account);
    if (added.outcome == AddOutcome::email_taken) {
        throw email_taken();
    }
    if (added.outcome == AddOutcome::username_taken) {
        throw Failure{Kind::conflict, "auth.username_taken", "This user name is taken."}.at(
            "username", "taken", "is taken");
    }
    account.role = added.role;
    parts_.metrics.registrations.add();
    co_return account;
}

Task<Accounts::Proven> Accounts::prove(std::string login, std::string password,
                                       std::string address) {
    const std::string folded = to_login(login);
    auto attempt = admit(folded, address);
    auto account = co_await parts_.users.find_by_login(folded);
    std::string encoded = account ? account->password_hash : parts_.passwords.dummy();
    const auto verdict = co_await verify(password, std::move(encoded));
    if (!account || !verdict.is_right) {
        attempt.fail();
        parts_.metrics.sign_ins_refused.add();
        throw RefusedSignIn{account ? std::optional{account->id} : std::nullopt};
    }
    if (verdict.is_outdated) {
        account->password_hash = co_await hash(std::move(password));
        co_await parts_.users.rehash_password(account->id, account->password_version,
                                              account->password_hash);
    }
    co_return Proven{*std::move(account), std::move(attempt)};
}

Task<std::vector<contracts::Revocation>> Accounts::change_password(NewPassword wanted) {
    const UserId id = wanted.ending.user;
    const Account account = co_await get(id);
    check_new_password("new_password", wanted.next, account.username, account.email);
    auto attempt = admit(account.username, wanted.address);
    const auto verdict = co_await verify(std::move(wanted.current), account.password_hash);
    if (!verdict.is_right) {
        attempt.fail();
        parts_.metrics.sign_ins_refused.add();
        throw invalid_credentials();
    }
    attempt.succeed();
    UserStore::PasswordChange change{.version = account.password_version, .ending = wanted.ending};
    change.hash = co_await hash(std::move(wanted.next));
    auto revoked = co_await parts_.users.change_password(id, std::move(change));
    if (!revoked) {
        throw Failure{Kind::conflict, "auth.password_changed",
                      "The password was changed at the same time elsewhere."};
    }
    co_return *std::move(revoked);
}

Task<Account> Accounts::get(UserId id) {
    auto account = co_await parts_.users.find(id);
    if (!account) {
        throw user_not_found();
    }
    co_return *std::move(account);
}

Task<Account> Accounts::change_profile(UserId id, std::optional<std::string> display_name,
                                       std::optional<std::string> email) {
    ProfileChange change;
    if (display_name) {
        change.display_name = to_display_name(*display_name);
    }
    if (email) {
        change.email = to_email(*email);
    }
    auto account = co_await parts_.users.change_profile(id, std::move(change));
    if (!account) {
        throw user_not_found();
    }
    co_return *std::move(account);
}

Task<AccountPage> Accounts::search(std::string query, std::optional<std::string> cursor,
                                   std::size_t limit) {
    std::string after = after_of(cursor);
    AccountPage page;
    page.items = co_await parts_.users.search(std::move(query), std::move(after), limit + 1);
    if (page.items.size() > limit) {
        page.items.resize(limit);
        page.next_cursor = to_base64url(page.items.back().username);
    }
    co_return page;
}

Task<std::vector<Account>> Accounts::list_by_id(std::vector<UserId> ids) {
    co_return co_await parts_.users.list_by_id(std::move(ids));
}

Task<bool> Accounts::change_role(UserId id, contracts::Role role,
                                 contracts::Revocation revocation) {
    const RoleOutcome outcome = co_await parts_.users.change_role(id, role, revocation);
    if (outcome == RoleOutcome::unknown_user) {
        throw user_not_found();
    }
    if (outcome == RoleOutcome::last_admin) {
        throw Failure{Kind::conflict, "auth.last_admin",
                      "The last administrator cannot give this role away."};
    }
    co_return outcome == RoleOutcome::changed;
}

BackOff::Attempt Accounts::admit(std::string_view login, std::string_view address) {
    try {
        return parts_.back_off.admit(login, address);
    } catch (const Failure&) {
        parts_.metrics.sign_ins_limited.add();
        throw;
    }
}

Task<Passwords::Verdict> Accounts::verify(std::string password, std::string encoded) {
    const Watch watch{parts_.metrics.hash_seconds};
    co_return co_await parts_.passwords.verify(std::move(password), std::move(encoded));
}

Task<std::string> Accounts::hash(std::string password) {
    const Watch watch{parts_.metrics.hash_seconds};
    co_return co_await parts_.passwords.hash(std::move(password));
}

}  // namespace loquat::auth
