#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/database_need.hpp"

namespace loquat::runtime {

struct SchemaChange {
    std::size_t before = 0;  // steps that were applied
    std::size_t known = 0;   // to this program: those of the schema afterwards
};

enum class RolePassword {
    set,      // from the URL or its passfile
    written,  // made up, and written to the passfile
    none,     // neither in the URL nor in a passfile: the server knows the role otherwise
};

struct ServiceRole {
    std::string service;
    std::string role;
    bool is_new = false;
    RolePassword password = RolePassword::none;
    std::string passfile;
};

// Who of this program's processes is connected to the database of `url`, as "ROLE (COUNT)" joined
// by
// ", "; empty when nobody is.  `url` as store.sql.url has it.  Blocks; those that are just leaving
// have a moment for it.  Fails as the server's adapter does.
std::string users_of_database(const std::string& url);

// What an owner of schemas does at a server of databases before services use it: `loquat migrate`.
// Blocks.  Calls fail as the server's adapter does.
class SchemaOwner {
  public:
    // `url`: a role that may make schemas, and roles where services have some.  `service_url`: the
    // setting store.sql.url; has {service} where each has a role of its own.
    SchemaOwner(std::string url, std::string service_url);
    ~SchemaOwner();
    SchemaOwner(const SchemaOwner&) = delete;
    SchemaOwner& operator=(const SchemaOwner&) = delete;

    SchemaChange look(const store::DatabaseNeed& need);
    SchemaChange bring_up_to_date(const store::DatabaseNeed& need, const store::OnStep& on_step);

    bool has_roles() const;
    // Makes the role of each service that fills or reads one of them, and sets its password.
    // Fails with `config.invalid` when the URL gives two services one role.
    std::vector<ServiceRole> prepare_roles(const std::vector<store::DatabaseNeed>& needs);
    // Rows to the owner's role and to the readers', and nothing else.
    void grant(const store::DatabaseNeed& need);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace loquat::runtime
