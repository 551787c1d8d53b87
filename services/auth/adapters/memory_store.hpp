#pragma once
#include <map>

#include "services/auth/ports.hpp"

namespace loquat::auth {

// Accounts and sessions for tests: the same promises as the SQL adapters, kept in maps, one loop.
class MemoryStore final : public UserStore, public SessionStore {
  public:
    Task<Added> add(Account account) override;
    Task<std::optional<Account>> find(UserId id) override;
    Task<std::optional<Account>> find_by_login(std::string login) override;
    Task<std::vector<Account>> list_by_id(std::vector<UserId> ids) override;
    Task<std::vector<Account>> search(std::string query, std::string after,
                                      std::size_t limit) override;
    Task<std::optional<Account>> change_profile(UserId id, ProfileChange change) override;
    Task<Revoked> change_password(UserId id, PasswordChange change) override;
    Task<void> rehash_password(UserId id, std::int64_t version, std::string hash) override;
    Task<RoleOutcome> change_role(UserId id, contracts::Role role,
                                  contracts::Revocation revocation) override;

    Task<Opened> open(Opening opening) override;
    Task<Rotated> rotate(Presented presented, SessionRules rules, Time now,
                         Time revoked_until) override;
    Task<std::vector<Session>> list(UserId user, Time now) override;
    Task<std::vector<contracts::Revocation>> end(Ending ending) override;
    Task<std::vector<contracts::Revocation>> list_revocations(Time now) override;
    Task<void> clean_up(Time now, std::size_t rows_max) override;

    // The next change of sessions fails with `store.unavailable` and changes nothing.
    bool fails_once = false;

  private:
    void fail_if_told();
    std::vector<contracts::Revocation> end_sessions(const Ending& ending);
    contracts::Revocation end_session(SessionId id, Time until);
    std::vector<Session> live_of(UserId user) const;

    std::map<UserId, Account> users_;
    std::map<SessionId, Session> sessions_;
    std::vector<contracts::Revocation> revocations_;
};

}  // namespace loquat::auth
