#pragma once
#include "services/auth/domain/back_off.hpp"
#include "services/auth/metrics.hpp"
#include "services/auth/ports.hpp"

namespace loquat::auth {

struct NewAccount {
    std::string username;
    std::string password;
    std::optional<std::string> email;
    std::optional<std::string> display_name;
};

struct AccountPage {
    std::vector<Account> items;
    std::optional<std::string> next_cursor;
};

// People and their passwords.
class Accounts {
  public:
    struct Parts {
        UserStore& users;
        Passwords& passwords;
        BackOff& back_off;
        const Clock& clock;
        AuthMetrics& metrics;
    };

    explicit Accounts(Parts parts) : parts_(parts) {}

    // 422 for what is not acceptable, 409 `auth.username_taken` or `auth.email_taken`.  That an
    // e-mail address is in use is told like a user name: who registers must learn why it failed,
    // and no mail is sent that could tell it more quietly.  Each question costs a password hash.
    Task<Account> add(NewAccount wanted);

    // RefusedSignIn, 401 `auth.invalid_credentials`, for a wrong password and for an unknown name
    // alike: the same number of hashes, the same answer.  429 `rate.limited` after too many.  The
    // attempt is open until the caller says how it ended.
    struct Proven {
        Account account;
        BackOff::Attempt attempt;
    };
    Task<Proven> prove(std::string login, std::string password, std::string address);

    // The account whose password now is `next`; `auth.invalid_credentials` when `current` is wrong.
    // `ending` names the person, and which sessions end with the change; gives their revocations.
    struct NewPassword {
        std::string current;
        std::string next;
        std::string address;
        Ending ending;
    };
    Task<std::vector<contracts::Revocation>> change_password(NewPassword wanted);

    // 404 `auth.user_not_found`.
    Task<Account> get(UserId id);
    Task<Account> change_profile(UserId id, std::optional<std::string> display_name,
                                 std::optional<std::string> email);
    // 422 for a cursor that is none of ours.
    Task<AccountPage> search(std::string query, std::optional<std::string> cursor,
                             std::size_t limit);
    Task<std::vector<Account>> list_by_id(std::vector<UserId> ids);
    // True when it was another one before; 409 `auth.last_admin`.
    Task<bool> change_role(UserId id, contracts::Role role, contracts::Revocation revocation);

  private:
    BackOff::Attempt admit(std::string_view login, std::string_view address);
    Task<Passwords::Verdict> verify(std::string password, std::string encoded);
    Task<std::string> hash(std::string password);

    Parts parts_;
};

Failure invalid_credentials();

// 401 `auth.invalid_credentials`.  Whom it concerns is for the audit trail alone, never for the
// answer.
class RefusedSignIn : public Failure {
  public:
    explicit RefusedSignIn(std::optional<UserId> account)
        : Failure(invalid_credentials()), account(account) {}

    std::optional<UserId> account;  // none: nobody has that name
};

}  // namespace loquat::auth
