#pragma once
#include <optional>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "base/failure.hpp"
#include "base/unicode/fold.hpp"
#include "contracts/auth/accounts.hpp"
#include "contracts/auth/auth.hpp"
#include "services/auth/domain/back_off.hpp"
#include "services/auth/domain/key_ring.hpp"
#include "services/auth/domain/session.hpp"

// What the auth service needs from outside.  Stores fail with the codes of store/sql/database.hpp.
namespace loquat::auth {

struct Account {
    UserId id;
    std::string username;
    std::string display_name;
    std::optional<std::string> email;
    contracts::Role role = contracts::Role::user;
    Time created_at;
    std::string password_hash;
    std::int64_t password_version = 1;  // grows with each change of the password
    contracts::AccountState state = contracts::AccountState::active;
    bool is_name_shared = false;      // another one's name looks like the display name; when read
    bool takes_retired_name = false;  // may have the user name of a removed account; when added
};

enum class AddOutcome { added, username_taken, email_taken };

struct Added {
    AddOutcome outcome = AddOutcome::added;
    contracts::Role role = contracts::Role::user;
};

struct ProfileChange {
    std::optional<std::string> display_name;          // absent: as it is
    std::optional<std::optional<std::string>> email;  // absent: as it is; none inside: removed
};

inline Failure email_taken() {
    return Failure{Kind::conflict, "auth.email_taken", "Another account uses this e-mail address."}
        .at("email", "taken", "is used by another account");
}

// Every access token of a person that was issued until a change is stored: it is refused from then
// on.
class OldTokens {
  public:
    // `life`: how long after its issuing the last of them can be presented.
    OldTokens(UserId user, const Clock& clock, std::chrono::seconds life)
        : user_(user), clock_(&clock), life_(life) {}

    // To be made while the change is stored and nothing else can be: a time from before would let
    // through what was issued between the two.
    contracts::Revocation revocation() const {
        const Time now = clock_->now();
        return {.user_id = user_, .before = now + Time::duration{1}, .until = now + life_};
    }

  private:
    UserId user_;
    const Clock* clock_;
    std::chrono::seconds life_;
};

// Which sessions of a person to end: one, all, or all but one.
struct Ending {
    UserId user;
    std::optional<SessionId> only;
    std::optional<SessionId> except;
    Time revoked_until;
    std::optional<OldTokens> old_tokens = std::nullopt;  // are refused as well
};

// Revocations that a change left behind; none when it was not made.
using Revoked = std::optional<std::vector<contracts::Revocation>>;

enum class ChangeOutcome { changed, unchanged, unknown_user, last_admin };

struct Changed {
    ChangeOutcome outcome = ChangeOutcome::changed;
    std::vector<contracts::Revocation> ended;
};

enum class Whom { active, everybody };

struct UserQuery {
    std::string query;  // empty: everybody
    std::string after;  // a user name
    std::size_t limit = 50;
    Whom whom = Whom::active;
};

// A request with an Idempotency-Key: of one person for one operation.
struct KeyedRequest {
    UserId user;
    std::string operation;
    std::string key;
    Time at;
};

class UserStore {
  public:
    // Of each person the newest are remembered, for so long.
    static constexpr std::size_t done_per_user_max = 1000;
    static constexpr std::chrono::hours done_kept{24};

    virtual ~UserStore() = default;

    // The account becomes administrator if no account ever was one.
    virtual Task<Added> add(Account account) = 0;
    virtual Task<std::optional<Account>> find(UserId id) = 0;
    // By user name, or by e-mail when it has an @; folded.
    virtual Task<std::optional<Account>> find_by_login(std::string login) = 0;
    // Those that exist, in any order.
    virtual Task<std::vector<Account>> list_by_id(std::vector<UserId> ids) = 0;
    // As domain/search_words.hpp says; by user name.  Costs what it finds, not how many there are.
    virtual Task<std::vector<Account>> search(UserQuery wanted) = 0;
    // None when there is no such user; `auth.email_taken` (409) when somebody else has it.
    virtual Task<std::optional<Account>> change_profile(UserId id, ProfileChange change) = 0;
    // Only while the version is still `version`, which a change makes grow.  The sessions end with
    // it: both or neither.
    struct PasswordChange {
        std::int64_t version = 1;
        std::string hash;
        Ending ending;
        std::optional<KeyedRequest> request = std::nullopt;  // is done with it
    };
    virtual Task<Revoked> change_password(UserId id, PasswordChange change) = 0;
    virtual Task<bool> was_done(KeyedRequest request) = 0;
    virtual Task<void> note_done(KeyedRequest request) = 0;
    // Another hash of the same password.
    virtual Task<void> rehash_password(UserId id, std::int64_t version, std::string hash) = 0;
    // Of another's password: whatever it was.  None when there is no such user.
    virtual Task<Revoked> reset_password(UserId id, std::string hash, Ending ending) = 0;
    // Refuses to take the role from the last administrator who can sign in.  A change refuses
    // `old_tokens`, in one transaction.
    virtual Task<Changed> change_role(UserId id, contracts::Role role, OldTokens old_tokens) = 0;
    // Whoever is not active has no session: `ending` comes with it.  Removing is for good: names,
    // e-mail address and password go, the id stays for what was written under it.  Refuses to take
    // the last administrator away.  `messages` is for removing.
    virtual Task<Changed> change_state(UserId id, contracts::AccountState state, Ending ending,
                                       contracts::RemovedMessages messages) = 0;
    // Whose display name is like one of `looks` (unicode::are_alike), at most `limit`.
    virtual Task<std::vector<Account>> list_by_look(std::vector<unicode::Look> looks,
                                                    std::size_t limit) = 0;
    // Removed people who have not left their conversations yet, or whose messages are not erased
    // yet, until note_left says so.
    struct Leaver {
        UserId user;
        contracts::RemovedMessages messages = contracts::RemovedMessages::keep;
    };
    virtual Task<std::vector<Leaver>> list_leaving(std::size_t limit) = 0;
    virtual Task<void> note_left(UserId id) = 0;
};

// What came of a presented refresh token.
struct Rotated {
    Rotation rotation = Rotation::unknown;
    Session session;  // as it is now; empty when unknown
};

// Sessions, and the revocations that ending one leaves behind, in one transaction with it.
class SessionStore {
  public:
    virtual ~SessionStore() = default;

    // Adds a session of an active account whose password is still that of `password_version`;
    // otherwise false.  Ends the user's oldest sessions beyond `per_user_max`; their revocations
    // are appended to `ended`.
    struct Opening {
        Session session;
        std::int64_t password_version = 1;
        std::size_t per_user_max = 100;
        Time revoked_until;
    };
    struct Opened {
        bool is_open = false;
        contracts::Role role = contracts::Role::user;  // as it is while the session is opened
        std::vector<contracts::Revocation> ended;
    };
    virtual Task<Opened> open(Opening opening) = 0;

    // Applies domain `rotate`.  A reused token leaves a revocation until `revoked_until`.
    virtual Task<Rotated> rotate(Presented presented, SessionRules rules, Time now,
                                 Time revoked_until) = 0;
    virtual Task<std::vector<Session>> list(UserId user, Time now) = 0;

    // Live sessions that ended, as revocations, and last that of `old_tokens`.
    virtual Task<std::vector<contracts::Revocation>> end(Ending ending) = 0;

    // Of what has no row here: a guest's token.
    virtual Task<void> add_revocation(contracts::Revocation revocation) = 0;
    // Those that still matter.
    virtual Task<std::vector<contracts::Revocation>> list_revocations(Time now) = 0;
    // Deletes at most `rows_max` sessions, as many revocations that are long over, and requests
    // that were done longer ago than done_kept.
    virtual Task<void> clean_up(Time now, std::size_t rows_max) = 0;
};

// Password hashes; slow on purpose, off the loop.  Fails with `server.overloaded` (503).
class Passwords {
  public:
    struct Verdict {
        bool is_right = false;
        bool is_outdated = false;  // right, but the hash was made with other parameters
    };

    virtual ~Passwords() = default;
    virtual Task<std::string> hash(std::string password) = 0;
    virtual Task<Verdict> verify(std::string password, std::string encoded) = 0;
    // A hash that no password fits, as slow to verify as any.
    virtual const std::string& dummy() const = 0;
};

// A password that is being tried, between its admission and how it ended.  Dropped before that it
// counts as never made, where others count too after ten seconds.
struct Guess {
    BackOff::Attempt here;
    std::string login;
    std::string address;
    std::string shared;  // its name where all instances count; empty: it is counted here alone
};

// How often passwords may be tried (domain/back_off.hpp), by all who count together.
class GuessLimit {
  public:
    virtual ~GuessLimit() = default;

    // `login` folded; throws 429 `rate.limited` with Retry-After, and nothing else but
    // cancellation.
    virtual Task<Guess> admit(std::string login, std::string address) = 0;
    // How it ended: to be awaited before anybody is told.  Throw nothing but cancellation.
    virtual Task<void> fail(Guess guess) = 0;
    virtual Task<void> succeed(Guess guess) = 0;
    // `login` has a new password by an administrator: whoever has it need not wait.
    virtual Task<void> forget(std::string login) = 0;
};

// Where signing keys outlive the process.
class KeyStore {
  public:
    virtual ~KeyStore() = default;
    // Whether other instances change them, too.
    virtual bool is_shared() const = 0;
    virtual Task<std::vector<RingKey>> load() = 0;
    // What is kept becomes `keys` where it is `known` still; gives what is kept then, which is
    // another instance's where that was faster.
    virtual Task<std::vector<RingKey>> replace(std::vector<RingKey> known,
                                               std::vector<RingKey> keys) = 0;
};

// Tells all verifiers at once.  A fast path: who listens later reads the list.
class RevocationFeed {
  public:
    virtual ~RevocationFeed() = default;
    virtual void publish(const contracts::Revocation& revocation) = 0;
};

// Tells all who keep names that these people's are others from now on.  A fast path as well.
class UserFeed {
  public:
    virtual ~UserFeed() = default;
    virtual void publish(const contracts::UserList& users) = 0;
};

}  // namespace loquat::auth
