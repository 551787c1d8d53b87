#include "store/postgres/schema.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "store/checksum.hpp"
#include "store/postgres/connection.hpp"

namespace loquat::store {
namespace {

// Other programs that take turns in the same database have other numbers.
constexpr std::int64_t ours = 0x6c6f7175;  // "loqu"
// Roles are made one at a time in a server.
constexpr std::int64_t turn_of_roles = ours;

struct Found {
    bool has_schema = false;
    bool has_steps = false;
    bool may_look = true;  // without that right its tables seem not to be there
};

Found find_schema(PostgresConnection& connection, const std::string& schema) {
    const Rows rows = connection.query(
        "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1), "
        "EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'schema_steps'), "
        "NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1 AND NOT "
        "has_schema_privilege(oid, 'USAGE'))",
        {std::string_view{schema}});
    return {rows.front().boolean(0), rows.front().boolean(1), rows.front().boolean(2)};
}

std::string named(const std::string& schema) { return "schema " + schema; }

Failure no_right(PostgresConnection& connection, const std::string& schema) {
    const std::string role = connection.query("SELECT current_user").front().text(0);
    return Failure{Kind::unavailable, "store.denied",
                   "The role " + role + " has no right to the schema " + schema +
                       " of PostgreSQL. Give each service the role that `loquat migrate` makes for "
                       "it ({service} in the user of the URL), or name the schema's owner."};
}

// In the turn of the schema, whose tables are found by their bare names from here on.
SchemaState look(PostgresConnection& connection, const std::string& schema,
                 std::span<const Migration> steps) {
    connection.query("SELECT set_config('search_path', $1, true)", {as_identifier(schema)});
    SchemaState state{.applied = 0, .known = steps.size()};
    const Found found = find_schema(connection, schema);
    if (!found.may_look) {
        throw no_right(connection, schema);
    }
    if (found.has_steps) {
        state.applied = count_applied(connection, steps, named(schema));
    }
    return state;
}

std::string state_text(const SchemaState& state) {
    return state.applied == 0 ? "is not there"
                              : "has " + std::to_string(state.applied) + " of " +
                                    std::to_string(state.known) + " steps";
}

Failure needs_migration(PostgresConnection& connection, const std::string& schema,
                        const SchemaState& state) {
    const std::string role = connection.query("SELECT current_user").front().text(0);
    return Failure{Kind::unavailable, "store.needs_migration",
                   "The schema " + schema + " of PostgreSQL " + state_text(state) + ", and " +
                       role + " may not change it. Run `loquat migrate` as the role that owns it."};
}

bool is_plain(std::string_view name) {
    constexpr std::size_t length_max = 63;
    return !name.empty() && name.size() <= length_max &&
           std::ranges::all_of(name, [](unsigned char c) {
               return c == '_' || c == '-' || c == '.' || (c >= '0' && c <= '9') ||
                      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           });
}

void run_in_turn(PostgresConnection& connection, std::int64_t turn, const auto& work) {
    connection.begin(turn);
    try {
        work();
        connection.commit();
    } catch (...) {
        connection.rollback();
        throw;
    }
}

}  // namespace

std::int64_t turn_of(std::string_view schema) { return (ours << 32) | crc32c(schema); }

std::string as_identifier(std::string_view name) { return "\"" + std::string{name} + "\""; }

SchemaState look_at_schema(PostgresConnection& connection, const std::string& schema,
                           std::span<const Migration> steps) {
    SchemaState state;
    run_in_turn(connection, turn_of(schema), [&] { state = look(connection, schema, steps); });
    return state;
}

SchemaState bring_up_to_date(PostgresConnection& connection, const std::string& schema,
                             std::span<const Migration> steps, const OnStep& on_step) {
    SchemaState state;
    run_in_turn(connection, turn_of(schema), [&] {
        state = look(connection, schema, steps);
        if (state.is_up_to_date()) {
            return;
        }
        connection.begin_unit();
        try {
            if (!find_schema(connection, schema).has_schema) {
                connection.execute("CREATE SCHEMA " + as_identifier(schema));
            }
            apply_migrations(connection, steps, named(schema), on_step);
        } catch (const Failure& failure) {
            if (failure.code != "store.denied") {
                throw;
            }
            connection.undo_unit();
            throw needs_migration(connection, schema, state);
        }
        connection.end_unit();
    });
    return state;
}

void grant_rights(PostgresConnection& connection, const SchemaRights& rights) {
    const std::string in_schema = " IN SCHEMA " + as_identifier(rights.schema);
    const std::string writer = as_identifier(rights.writer);
    std::string all = "PUBLIC, " + writer;
    for (const std::string& reader : rights.readers) {
        all += ", " + as_identifier(reader);
    }
    const std::string named_ones = all.substr(all.find(',') + 2);
    run_in_turn(connection, turn_of(rights.schema), [&] {
        const auto run = [&connection](const std::string& sql) { connection.execute(sql); };
        for (const char* what : {"TABLES", "SEQUENCES", "FUNCTIONS"}) {
            run("REVOKE ALL ON ALL " + std::string{what} + in_schema + " FROM " + all);
        }
        run("REVOKE ALL ON SCHEMA " + as_identifier(rights.schema) + " FROM " + all);
        run("GRANT USAGE ON SCHEMA " + as_identifier(rights.schema) + " TO " + named_ones);
        run("GRANT SELECT ON ALL TABLES" + in_schema + " TO " + named_ones);
        run("GRANT INSERT, UPDATE, DELETE ON ALL TABLES" + in_schema + " TO " + writer);
        run("REVOKE INSERT, UPDATE, DELETE ON " + as_identifier(rights.schema) +
            ".schema_steps FROM " + writer);
        run("GRANT USAGE ON ALL SEQUENCES" + in_schema + " TO " + writer);
    });
}

RoleChange prepare_role(PostgresConnection& connection, const std::string& name,
                        const std::string& password) {
    if (!is_plain(name)) {
        throw Failure{Kind::invalid, "config.invalid",
                      "The role '" + name + "' needs a name of letters, digits, _, - and ."};
    }
    auto change = RoleChange::kept;
    run_in_turn(connection, turn_of_roles, [&] {
        const Rows found =
            connection.query("SELECT 1 FROM pg_roles WHERE rolname = $1", {std::string_view{name}});
        if (found.empty()) {
            connection.execute("CREATE ROLE " + as_identifier(name) +
                               " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION");
            change = RoleChange::made;
        }
        if (!password.empty()) {
            connection.execute("ALTER ROLE " + as_identifier(name) + " PASSWORD '" +
                               connection.encrypted_password(name, password) + "'");
        }
    });
    return change;
}

std::int64_t end_sleepers(PostgresConnection& connection, std::int64_t turn,
                          std::chrono::milliseconds idle_max) {
    // The server waits for it to say something, within a transaction.
    const Rows rows = connection.query(
        "SELECT count(pg_terminate_backend(held.pid)) FROM pg_locks AS held JOIN pg_stat_activity "
        "AS who ON who.pid = held.pid WHERE held.locktype = 'advisory' AND held.granted AND "
        "who.datname = current_database() AND held.objsubid = 1 AND "
        "(held.classid::bigint << 32) | held.objid::bigint = $1 AND who.wait_event = 'ClientRead' "
        "AND who.state_change <= clock_timestamp() - make_interval(secs => $2)",
        {turn, std::chrono::duration<double>(idle_max).count()});
    return rows.front().integer(0);
}

}  // namespace loquat::store
