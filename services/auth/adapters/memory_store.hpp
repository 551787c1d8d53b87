#pragma once
#include <functional>
#include <map>
#include <set>

#include "services/auth/ports.hpp"

namespace loquat::auth {

// Accounts and sessions for tests: the same promises as the SQL adapters, kept in maps, one loop.
class MemoryStore final : public UserStore, public SessionStore {
  public:
    Task<Added> add(Account account) override;
    Task<std::optional<Account>> find(UserId id) override;
    Task<std::optional<Account>> find_by_login(std::string login) override;
    Task<std::vector<Account>> list_by_id(std::vector<UserId> ids) override;
    Task<std::vector<Account>> search(UserQuery wanted) override;
    Task<std::optional<Account>> change_profile(UserId id, ProfileChange change) override;
    Task<Revoked> change_password(UserId id, PasswordChange change) override;
    Task<void> rehash_password(UserId id, std::int64_t version, std::string hash) override;
    Task<bool> was_done(KeyedRequest request) override;
    Task<void> note_done(KeyedRequest request) override;
    Task<Changed> change_role(UserId id, contracts::Role role, OldTokens old_tokens) override;
    Task<Changed> change_state(UserId id, contracts::AccountState state, Ending ending,
                               contracts::RemovedMessages messages) override;
    Task<Revoked> reset_password(UserId id, std::string hash, Ending ending) override;
    Task<std::vector<Account>> list_by_look(std::vector<unicode::Look> looks,
                                            std::size_t limit) override;
    Task<std::vector<Leaver>> list_leaving(std::size_t limit) override;
    Task<void> note_left(UserId id) override;

    Task<Opened> open(Opening opening) override;
    Task<Rotated> rotate(Presented presented, SessionRules rules, Time now,
                         Time revoked_until) override;
    Task<std::vector<Session>> list(UserId user, Time now) override;
    Task<std::vector<contracts::Revocation>> end(Ending ending) override;
    Task<void> add_revocation(contracts::Revocation revocation) override;
    Task<std::vector<contracts::Revocation>> list_revocations(Time now) override;
    Task<void> clean_up(Time now, std::size_t rows_max) override;

    // The next change of sessions fails with `store.unavailable` and changes nothing.
    bool fails_once = false;
    // Called for each change that ends sessions or refuses tokens, before it is made: what happens
    // while it waits for its turn.
    std::function<void()> while_waiting;

  private:
    Account seen(Account account) const;
    bool is_last_admin(const Account& account) const;
    void begin_change();
    std::vector<contracts::Revocation> end_sessions(const Ending& ending);
    contracts::Revocation end_session(SessionId id, Time until);
    std::vector<Session> live_of(UserId user) const;

    std::map<UserId, Account> users_;
    std::map<SessionId, Session> sessions_;
    std::set<std::string, std::less<>> retired_;
    std::map<UserId, contracts::RemovedMessages> leaving_;
    std::map<std::tuple<UserId, std::string, std::string>, Time> done_;
    std::vector<contracts::Revocation> revocations_;
};

}  // namespace loquat::auth
