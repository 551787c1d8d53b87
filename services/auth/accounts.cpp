#include "services/auth/accounts.hpp"

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "services/auth/domain/names.hpp"
#include "services/auth/domain/password_rules.hpp"

namespace loquat::auth {
namespace {

// What a cursor of the list of people begins with; a name follows.
constexpr std::string_view cursor_mark = "people:";
constexpr std::size_t cursor_bytes_max = 512;

Failure user_not_found() {
    return {Kind::not_found, "auth.user_not_found", "There is no such person."};
}

Failure last_admin() {
    return {Kind::conflict, "auth.last_admin",
            "Another administrator has to be there first: this is the last one."};
}

Failure idempotency_conflict() {
    return {Kind::conflict, "request.idempotency_conflict",
            "This Idempotency-Key was used for another request."};
}

Failure account_disabled() {
    return {Kind::forbidden, "auth.account_disabled",
            "This account is disabled. Ask an administrator."};
}

// None when nothing was changed.
Revoked to_revoked(Changed changed) {
    if (changed.outcome == ChangeOutcome::unknown_user) {
        throw user_not_found();
    }
    if (changed.outcome == ChangeOutcome::last_admin) {
        throw last_admin();
    }
    const bool is_changed = changed.outcome == ChangeOutcome::changed;
    return is_changed ? Revoked{std::move(changed.ended)} : std::nullopt;
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
    if (!cursor) {
        return {};
    }
    const auto after = from_base64url(*cursor);
    const bool is_name = after && after->size() > cursor_mark.size() && is_utf8(*after) &&
                         after->starts_with(cursor_mark) && !find_control_character(*after) &&
                         after->size() <= cursor_bytes_max;
    if (!is_name) {
        throw invalid_field("cursor", "invalid", "is not a cursor of this list");
    }
    return after->substr(cursor_mark.size());
}

}  // namespace

void check_role(contracts::Role role) {
    if (role == contracts::Role::guest) {
        throw invalid_field("role", "unknown", "must be one of user, admin");
    }
}

Failure invalid_credentials() {
    return {Kind::unauthenticated, "auth.invalid_credentials",
            "The name or the password is wrong."};
}

Failure session_not_found() {
    return {Kind::not_found, "auth.session_not_found", "There is no such session."};
}

Task<Account> Accounts::add(NewAccount wanted) {
    Account account{.id = UserId::make(),
                    .username = to_username(wanted.username, wanted.choice),
                    .email = to_email(wanted.email.value_or("")),
                    .created_at = parts_.clock.now(),
                    .takes_retired_name = wanted.choice == NameChoice::administrators};
    const bool is_named = wanted.display_name && !trim(*wanted.display_name).empty();
    account.display_name = is_named ? to_display_name(*wanted.display_name) : account.username;
    std::string password = to_new_password("password", wanted.password);
    check_new_password("password", password, account.username, account.email);
    account.password_hash = co_await hash(std::move(password));
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
    co_await parts_.names.added(account);
    co_return account;
}

Task<Accounts::Proven> Accounts::prove(std::string login, std::string password,
                                       std::string address) {
    const std::string folded = to_login(login);
    Guess guess = co_await admit(folded, std::move(address));
    auto account = co_await parts_.users.find_by_login(folded);
    std::string encoded = account ? account->password_hash : parts_.passwords.dummy();
    const auto verdict = co_await verify(password, std::move(encoded));
    if (!account || !verdict.is_right) {
        co_await fail(std::move(guess));
        parts_.metrics.sign_ins_refused.add();
        throw RefusedSignIn{account ? std::optional{account->id} : std::nullopt};
    }
    if (account->state != contracts::AccountState::active) {
        co_await succeed(std::move(guess));
        throw account_disabled();
    }
    if (verdict.is_outdated) {
        account->password_hash = co_await hash(list_password_forms(password).front());
        co_await parts_.users.rehash_password(account->id, account->password_version,
                                              account->password_hash);
    }
    co_return Proven{*std::move(account), std::move(guess)};
}

Task<std::vector<contracts::Revocation>> Accounts::change_password(NewPassword wanted) {
    const UserId id = wanted.ending.user;
    const Account account = co_await get(id);
    std::string next = to_new_password("new_password", wanted.next);
    check_new_password("new_password", next, account.username, account.email);
    const auto request = to_keyed(id, "change_password", std::move(wanted.request_key));
    bool was_done = false;
    if (request) {
        was_done = co_await parts_.users.was_done(*request);
    }
    if (was_done) {
        co_await prove_repeat(account, std::move(next), std::move(wanted.address));
        co_return std::vector<contracts::Revocation>{};
    }
    co_await prove_again(account, std::move(wanted.current), std::move(wanted.address));
    UserStore::PasswordChange change{
        .version = account.password_version, .ending = wanted.ending, .request = request};
    change.hash = co_await hash(std::move(next));
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

Task<Account> Accounts::change_profile(ProfileWish wanted) {
    Account before = co_await get(wanted.id);
    ProfileChange change;
    if (wanted.display_name) {
        change.display_name = to_display_name(*wanted.display_name);
    }
    if (wanted.email) {
        change.email = to_email(*wanted.email);
    }
    if (change.email && *change.email != before.email) {
        if (!wanted.current_password) {
            throw invalid_field("current_password", "required",
                                "is required to change the e-mail address");
        }
        co_await prove_again(before, *std::move(wanted.current_password),
                             std::move(wanted.address));
    }
    auto account = co_await parts_.users.change_profile(wanted.id, std::move(change));
    if (!account) {
        throw user_not_found();
    }
    if (account->display_name != before.display_name) {
        co_await parts_.names.changed(std::move(before), *account);
    }
    co_return *std::move(account);
}

Task<AccountPage> Accounts::search(SearchWish wanted) {
    UserQuery query{.query = std::move(wanted.query),
                    .after = after_of(wanted.cursor),
                    .limit = wanted.limit + 1,
                    .whom = wanted.whom};
    AccountPage page;
    page.items = co_await parts_.users.search(std::move(query));
    if (page.items.size() > wanted.limit) {
        page.items.resize(wanted.limit);
        page.next_cursor = to_base64url(std::string{cursor_mark} + page.items.back().username);
    }
    co_return page;
}

Task<std::vector<Account>> Accounts::list_by_id(std::vector<UserId> ids) {
    co_return co_await parts_.users.list_by_id(std::move(ids));
}

Task<Revoked> Accounts::change_role(UserId id, contracts::Role role, OldTokens old_tokens) {
    check_role(role);
    auto changed = co_await parts_.users.change_role(id, role, old_tokens);
    co_return to_revoked(std::move(changed));
}

Task<std::vector<contracts::Revocation>> Accounts::reset_password(PasswordReset wanted) {
    const UserId id = wanted.ending.user;
    const Account account = co_await get(id);
    std::string next = to_new_password("password", wanted.next);
    check_new_password("password", next, account.username, account.email);
    std::string encoded = co_await hash(std::move(next));
    auto revoked = co_await parts_.users.reset_password(id, std::move(encoded), wanted.ending);
    if (!revoked) {
        throw user_not_found();
    }
    co_await parts_.guesses.forget(account.username);
    co_return *std::move(revoked);
}

Task<Revoked> Accounts::change_state(UserId id, contracts::AccountState state, Ending ending,
                                     contracts::RemovedMessages messages) {
    auto changed = co_await parts_.users.change_state(id, state, ending, messages);
    co_return to_revoked(std::move(changed));
}

std::optional<KeyedRequest> Accounts::to_keyed(UserId user, std::string operation,
                                               std::string key) const {
    if (key.empty()) {
        return std::nullopt;
    }
    contracts::check_idempotency_key(key);
    return KeyedRequest{user, std::move(operation), std::move(key), parts_.clock.now()};
}

// A password that was set before is the one that is set; what was asked for is kept nowhere else.
Task<void> Accounts::prove_repeat(Account account, std::string password, std::string address) {
    bool is_right = true;
    try {
        co_await prove_again(std::move(account), std::move(password), std::move(address));
    } catch (const Failure& failure) {
        if (failure.kind != Kind::unauthenticated) {
            throw;
        }
        is_right = false;
    }
    if (!is_right) {
        throw idempotency_conflict();
    }
}

Task<bool> Accounts::was_done(KeyedRequest request) {
    return parts_.users.was_done(std::move(request));
}

Task<void> Accounts::note_done(KeyedRequest request) {
    return parts_.users.note_done(std::move(request));
}

// The password of somebody who is signed in, slowed down like a sign-in.
Task<void> Accounts::prove_again(Account account, std::string password, std::string address) {
    Guess guess = co_await admit(account.username, std::move(address));
    const auto verdict = co_await verify(std::move(password), account.password_hash);
    if (!verdict.is_right) {
        co_await fail(std::move(guess));
        parts_.metrics.sign_ins_refused.add();
        throw invalid_credentials();
    }
    co_await succeed(std::move(guess));
}

Task<Guess> Accounts::admit(std::string login, std::string address) {
    try {
        co_return co_await parts_.guesses.admit(std::move(login), std::move(address));
    } catch (const Failure&) {
        parts_.metrics.sign_ins_limited.add();
        throw;
    }
}

Task<Passwords::Verdict> Accounts::verify(std::string typed, std::string encoded) {
    const std::vector<std::string> forms = list_password_forms(typed);
    Passwords::Verdict verdict;
    for (std::size_t i = 0; i < forms.size() && !verdict.is_right; ++i) {
        const Watch watch{parts_.metrics.hash_seconds};
        verdict = co_await parts_.passwords.verify(forms[i], encoded);
        verdict.is_outdated = verdict.is_right && (verdict.is_outdated || i > 0);
    }
    co_return verdict;
}

Task<std::string> Accounts::hash(std::string password) {
    const Watch watch{parts_.metrics.hash_seconds};
    co_return co_await parts_.passwords.hash(std::move(password));
}

}  // namespace loquat::auth
