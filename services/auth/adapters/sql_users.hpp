#pragma once
#include "services/auth/ports.hpp"
#include "store/folder/folder.hpp"
#include "store/sql/database.hpp"

namespace loquat::auth {

class SqlUsers final : public UserStore {
  public:
    // `database` has the schema of sql_schema.hpp and outlives this.
    // Without a folder the first account of the database becomes administrator.
    explicit SqlUsers(store::Database& database, store::Folder* folder = nullptr)
        : database_(database), folder_(folder) {}

    // Writes down in the folder that the accounts that are there have had their first one.
    Task<void> claim();

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

    // Makes accounts that were added before there was an index for searching findable, and names
    // of before the rule for names such as it allows.  Some at a time; call it before the first
    // search.
    Task<void> index_all();

  private:
    store::Database& database_;
    store::Folder* folder_;
};

}  // namespace loquat::auth
