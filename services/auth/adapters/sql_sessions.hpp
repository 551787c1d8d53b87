#pragma once
#include "services/auth/ports.hpp"
#include "store/sql/database.hpp"

namespace loquat::auth {

// As SessionStore::end, within a transaction of the caller.
std::vector<contracts::Revocation> end_sessions(store::Transaction& transaction,
                                                const Ending& ending);
void insert_revocation(store::Transaction& transaction, const contracts::Revocation& revocation);

class SqlSessions final : public SessionStore {
  public:
    // `database` has the schema of sql_schema.hpp and outlives this.
    explicit SqlSessions(store::Database& database) : database_(database) {}

    Task<Opened> open(Opening opening) override;
    Task<Rotated> rotate(Presented presented, SessionRules rules, Time now,
                         Time revoked_until) override;
    Task<std::vector<Session>> list(UserId user, Time now) override;
    Task<std::vector<contracts::Revocation>> end(Ending ending) override;
    Task<void> add_revocation(contracts::Revocation revocation) override;
    Task<std::vector<contracts::Revocation>> list_revocations(Time now) override;
    Task<void> clean_up(Time now, std::size_t rows_max) override;

  private:
    store::Database& database_;
};

}  // namespace loquat::auth
