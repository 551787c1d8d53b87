#include "apps/loquat/move/moved_set.hpp"

#include <fmt/format.h>

#include "apps/loquat/modules.hpp"
#include "runtime/stores/builtin.hpp"
#include "runtime/stores/schema_owner.hpp"
#include "runtime/stores/servers_file.hpp"

namespace loquat::app {

std::vector<MovedDatabase> moved_databases() {
    std::vector<MovedDatabase> all;
    for (store::DatabaseNeed& need : all_databases()) {
        auto shapes = store::shapes_of(need);
        all.push_back({std::move(need), std::move(shapes)});
    }
    return all;
}

void check_kinds(const runtime::StoreConfig& stores) {
    const auto check = [](std::string_view need, const runtime::StoreKind& store) {
        if (store.kind != "sql") {
            throw Failure{Kind::invalid, "config.invalid",
                          fmt::format("store.{}.kind is {}: an archive holds what is kept in "
                                      "relational databases (sql) only.",
                                      need, store.kind)};
        }
    };
    check("messages", stores.messages);
    check("usage", stores.usage);
    check("audit", stores.audit);
}

void refuse_users(const runtime::StoreConfig& stores) {
    if (stores.sql.kind != "postgres") {
        return;
    }
    const std::string users = runtime::users_of_database(stores.sql.url);
    if (!users.empty()) {
        throw Failure{Kind::conflict, "move.in_use",
                      "Processes of Loquat are connected to the database server as " + users +
                          ". Stop all of them first: what they write meanwhile would be lost."};
    }
}

MovedSet::MovedSet(const std::filesystem::path& data, const runtime::StoreConfig& stores)
    : folder_(data),
      stores_({folder_, troubles_, health_, metrics_, {"auth", "chat", "consumer"}},
              runtime::builtin_stores(), stores) {
    runtime::hold_to_servers(folder_.path(), stores);
}

std::unique_ptr<store::Database> MovedSet::open(const store::DatabaseNeed& need) {
    return stores_.get<runtime::Databases>("sql").open(need);
}

void print_table(const std::string& database, const store::ArchiveTable& table) {
    fmt::print("{:28} {:>10}  {}\n", database + "." + table.name, table.rows, table.sha256);
}

std::size_t rows_of(const store::ArchiveDatabase& database) {
    std::size_t rows = 0;
    for (const store::ArchiveTable& table : database.tables) {
        rows += static_cast<std::size_t>(table.rows);
    }
    return rows;
}

std::size_t rows_of(const store::ArchiveManifest& manifest) {
    std::size_t rows = 0;
    for (const store::ArchiveDatabase& database : manifest.databases) {
        rows += rows_of(database);
    }
    return rows;
}

std::string text_of_all(const store::ArchiveManifest& manifest) {
    std::size_t tables = 0;
    for (const store::ArchiveDatabase& database : manifest.databases) {
        tables += database.tables.size();
    }
    return fmt::format("{} rows in {} tables", rows_of(manifest), tables);
}

}  // namespace loquat::app
