#pragma once
#include "services/auth/domain/names.hpp"
#include "services/auth/metrics.hpp"
#include "services/auth/names_told.hpp"
#include "services/auth/ports.hpp"

namespace loquat::auth {

struct NewAccount {
    std::string username;
    std::string password;
    std::optional<std::string> email;
    std::optional<std::string> display_name;
    NameChoice choice = NameChoice::own;
};

struct AccountPage {
    std::vector<Account> items;
    std::optional<std::string> next_cursor;
};

// 422 `request.invalid` for a role that no account has.
void check_role(contracts::Role role);

// People and their passwords.
class Accounts {
  public:
    struct Parts {
        UserStore& users;
        Passwords& passwords;
        GuessLimit& guesses;
        const Clock& clock;
        AuthMetrics& metrics;
        NamesTold& names;
    };

    explicit Accounts(Parts parts) : parts_(parts) {}

    // 422 for what is not acceptable, 409 `auth.username_taken` or `auth.email_taken`.  That an
    // e-mail address is in use is told like a user name: who registers must learn why it failed,
    // and no mail is sent that could tell it more quietly.  Each question costs a password hash.
    Task<Account> add(NewAccount wanted);

    // RefusedSignIn, 401 `auth.invalid_credentials`, for a wrong password and for an unknown name
    // alike: the same number of hashes, the same answer.  429 `rate.limited` after too many.  403
    // `auth.account_disabled` for whoever knows the password of an account that may not be used.
    // The guess is open until the caller says how it ended.
    struct Proven {
        Account account;
        Guess guess;
    };
    Task<Proven> prove(std::string login, std::string password, std::string address);
    Task<void> fail(Guess guess) { return parts_.guesses.fail(std::move(guess)); }
    Task<void> succeed(Guess guess) { return parts_.guesses.succeed(std::move(guess)); }

    // The account whose password now is `next`; `auth.invalid_credentials` when `current` is wrong.
    // `ending` names the person, and which sessions end with the change; gives their revocations.
    struct NewPassword {
        std::string current;
        std::string next;
        std::string address;
        Ending ending;
        std::string request_key;  // an Idempotency-Key; empty: none
    };
    // A request that was done before changes nothing; 409 `request.idempotency_conflict` when it
    // was for another password.
    Task<std::vector<contracts::Revocation>> change_password(NewPassword wanted);

    // Whatever the password was; `ending` as above.  404 `auth.user_not_found`.
    struct PasswordReset {
        std::string next;
        Ending ending;
    };
    Task<std::vector<contracts::Revocation>> reset_password(PasswordReset wanted);

    // 404 `auth.user_not_found`.
    Task<Account> get(UserId id);
    // Another e-mail address needs the password: 422 where it is absent, 401 where it is wrong.
    struct ProfileWish {
        UserId id;
        std::optional<std::string> display_name;
        std::optional<std::string> email;
        std::optional<std::string> current_password;
        std::string address;
    };
    Task<Account> change_profile(ProfileWish wanted);
    // 422 for a cursor that is none of ours.
    struct SearchWish {
        std::string query;
        std::optional<std::string> cursor;
        std::size_t limit = 50;
        Whom whom = Whom::active;
    };
    Task<AccountPage> search(SearchWish wanted);
    Task<std::vector<Account>> list_by_id(std::vector<UserId> ids);
    // None when it was so already; 409 `auth.last_admin`.
    Task<Revoked> change_role(UserId id, contracts::Role role, OldTokens old_tokens);

    // None when it was so already; 409 `auth.last_admin`.
    Task<Revoked> change_state(
        UserId id, contracts::AccountState state, Ending ending,
        contracts::RemovedMessages messages = contracts::RemovedMessages::keep);

    // None without a key; 422 for one that is none.
    std::optional<KeyedRequest> to_keyed(UserId user, std::string operation, std::string key) const;
    Task<bool> was_done(KeyedRequest request);
    Task<void> note_done(KeyedRequest request);

  private:
    Task<void> prove_repeat(Account account, std::string password, std::string address);
    Task<void> prove_again(Account account, std::string password, std::string address);
    Task<Guess> admit(std::string login, std::string address);
    // Of `encoded`: is_outdated also when it was made of the password as it was typed.
    Task<Passwords::Verdict> verify(std::string typed, std::string encoded);
    Task<std::string> hash(std::string password);

    Parts parts_;
};

Failure invalid_credentials();
Failure session_not_found();

// 401 `auth.invalid_credentials`.  Whom it concerns is for the audit trail alone, never for the
// answer.
class RefusedSignIn : public Failure {
  public:
    explicit RefusedSignIn(std::optional<UserId> account)
        : Failure(invalid_credentials()), account(account) {}

    std::optional<UserId> account;  // none: nobody has that name
};

}  // namespace loquat::auth
