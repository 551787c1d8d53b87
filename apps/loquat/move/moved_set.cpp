#include "apps/loquat/move/moved_set.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/loquat/modules.hpp"
#include "runtime/stores/builtin.hpp"
#include "runtime/stores/schema_owner.hpp"
#include "runtime/stores/servers_file.hpp"
#include "store/position/sql_positions.hpp"

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
    using Kinds = std::initializer_list<std::string_view>;
    const auto check = [](std::string_view need, const runtime::StoreKind& store, Kinds known) {
        if (std::ranges::find(known, store.kind) == known.end()) {
            throw Failure{Kind::invalid, "config.invalid",
                          fmt::format("store.{}.kind is {}: an archive cannot hold what is kept "
                                      "there.",
                                      need, store.kind)};
        }
    };
    check("messages", stores.messages, {"sql", "mongo"});
    check("usage", stores.usage, {"sql"});
    check("audit", stores.audit, {"sql"});
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
    if (stores.messages.kind == "mongo") {
        messages_ = std::make_unique<consumer::MongoMove>(stores.messages.url);
        was_interrupted_ = std::filesystem::exists(beside());
        beside_ = std::make_unique<MovedSet>(beside(), runtime::StoreConfig{});
    }
}

std::unique_ptr<store::Database> MovedSet::open(const store::DatabaseNeed& need) {
    return is_elsewhere(need) ? beside_->open(need)
                              : stores_.get<runtime::Databases>("sql").open(need);
}

bool MovedSet::is_elsewhere(const store::DatabaseNeed& need) const {
    return messages_ != nullptr && need.name == "messages";
}

void MovedSet::drop_beside() {
    beside_.reset();
    std::filesystem::remove_all(beside());
}

Task<store::Progress> MovedSet::stored(const store::DatabaseNeed& need, store::Database& database,
                                       std::string_view topic) {
    if (is_elsewhere(need)) {
        co_return messages_->stored();
    }
    co_return co_await store::load_progress(database, std::string{store::log_reader},
                                            std::string{topic});
}

void print_tables(const store::ArchiveManifest& manifest) {
    for (const store::ArchiveDatabase& database : manifest.databases) {
        for (const store::ArchiveTable& table : database.tables) {
            print_table(database.name, table);
        }
    }
    if (manifest.dead) {
        print_table(log_name, *manifest.dead);
    }
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
    return rows + (manifest.dead ? static_cast<std::size_t>(manifest.dead->rows) : 0);
}

std::string text_of_all(const store::ArchiveManifest& manifest) {
    std::size_t tables = manifest.dead ? 1 : 0;
    for (const store::ArchiveDatabase& database : manifest.databases) {
        tables += database.tables.size();
    }
    return fmt::format("{} rows in {} tables", rows_of(manifest), tables);
}

}  // namespace loquat::app
