#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/migrations.hpp"

namespace loquat::store {

class PostgresConnection;

// Of the advisory lock that writers of a schema hold in turns (docs/adr/0072).
std::int64_t turn_of(std::string_view schema);

// Ends the connection of whoever holds a turn and has said nothing for `idle_max`.  The server's
// own limit (idle_in_transaction_session_timeout) does not end one who sleeps in the middle of what
// it sends.  Of roles that the connection's own is a member of; gives how many.
std::int64_t end_sleepers(PostgresConnection& connection, std::int64_t turn,
                          std::chrono::milliseconds idle_max);

// `NAME` as a statement names it.
std::string as_identifier(std::string_view name);

struct SchemaState {
    std::size_t applied = 0;
    std::size_t known = 0;  // to this program

    bool is_up_to_date() const { return applied == known; }
};

// What a schema has; nothing is changed.  Fails as apply_migrations does.
SchemaState look_at_schema(PostgresConnection& connection, const std::string& schema,
                           std::span<const Migration> steps);

// Makes the schema where it is missing and applies the steps that are, in one transaction in which
// nobody else writes to it: interrupted, it has changed nothing.  Asks before it makes anything,
// so that a role that may not can use what is there; where something is missing it fails with
// `store.needs_migration`.  Gives what it found.
SchemaState bring_up_to_date(PostgresConnection& connection, const std::string& schema,
                             std::span<const Migration> steps, const OnStep& on_step = {});

// Who may do what in a schema.
struct SchemaRights {
    std::string schema;
    std::string writer;  // a role: reads and writes rows, changes no table
    std::vector<std::string> readers;
};

// Takes what these roles and everybody had in the schema and gives them exactly that, at once.
void grant_rights(PostgresConnection& connection, const SchemaRights& rights);

enum class RoleChange { made, kept };

// A role that may sign in, with that password (none: as it has).  `config.invalid` for a name that
// is no plain one.
RoleChange prepare_role(PostgresConnection& connection, const std::string& name,
                        const std::string& password);

}  // namespace loquat::store
