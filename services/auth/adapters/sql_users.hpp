#pragma once
#include "services/auth/ports.hpp"
#include "store/folder/folder.hpp"
#include "store/sql/database.hpp"

namespace loquat::auth {

// Of the column `role`.
contracts::Role to_role(const std::string& text);

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
    Task<std::vector<Account>> search(std::string query, std::string after,
                                      std::size_t limit) override;
    Task<std::optional<Account>> change_profile(UserId id, ProfileChange change) override;
    Task<Revoked> change_password(UserId id, PasswordChange change) override;
    Task<void> rehash_password(UserId id, std::int64_t version, std::string hash) override;
    Task<RoleOutcome> change_role(UserId id, contracts::Role role,
                                  contracts::Revocation revocation) override;

    // Makes accounts that were added before there was an index for searching findable.  Some at a
    // time; call it before the first search.
    Task<void> index_all();

  private:
    store::Database& database_;
    store::Folder* folder_;
};

}  // namespace loquat::auth
