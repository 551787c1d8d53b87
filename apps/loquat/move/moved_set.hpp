#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "apps/loquat/options.hpp"
#include "runtime/stores.hpp"
#include "runtime/telemetry/health.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "services/consumer/adapters/mongo/mongo_move.hpp"
#include "store/archive/archive.hpp"
#include "store/archive/table_shape.hpp"

namespace loquat::app {

// A database of the program, as it is moved.
struct MovedDatabase {
    store::DatabaseNeed need;
    std::vector<store::TableShape> shapes;
};
std::vector<MovedDatabase> moved_databases();

// `config.invalid` where something is kept of which no archive knows.
void check_kinds(const runtime::StoreConfig& stores);
// `move.in_use` (409) when processes of this program are connected to the database server.
void refuse_users(const runtime::StoreConfig& stores);

// Everything that an installation keeps, while no service of it runs: the data folder, held alone,
// and the stores.  Fails as they do; with `data.in_use` while a process has the folder.
class MovedSet {
  public:
    MovedSet(const std::filesystem::path& data, const runtime::StoreConfig& stores);

    // Blocks.  Where messages are at MongoDB, their database is one beside the data, through which
    // they go: whoever moves them fills one from the other.
    std::unique_ptr<store::Database> open(const store::DatabaseNeed& need);
    bool is_elsewhere(const store::DatabaseNeed& need) const;
    consumer::MongoMove& messages_elsewhere() { return *messages_; }
    // Whether something was there beside the data already: a move that did not come to its end.
    bool was_interrupted() const { return was_interrupted_; }
    // Takes away what is beside the data; the databases are closed.
    void drop_beside();

    // How far the log is stored in what meets that need.
    Task<store::Progress> stored(const store::DatabaseNeed& need, store::Database& database,
                                 std::string_view topic);
    store::EventLog& log() { return stores_.log(); }
    store::Folder& folder() { return folder_; }

  private:
    std::filesystem::path beside() const { return folder_.path() / "moving"; }

    store::Folder folder_;
    store::TopicTroubles troubles_;
    runtime::Health health_;
    runtime::Metrics metrics_;
    runtime::Stores stores_;
    std::unique_ptr<consumer::MongoMove> messages_;  // where they are at MongoDB
    std::unique_ptr<MovedSet> beside_;
    bool was_interrupted_ = false;
};

// A line about a table, for people: what it is called, its rows, its hash.
void print_table(const std::string& database, const store::ArchiveTable& table);
// One for each.
void print_tables(const store::ArchiveManifest& manifest);
// What goes before the name of a table of the log's records.
constexpr const char* log_name = "log";
// "12 rows in 17 tables"
std::string text_of_all(const store::ArchiveManifest& manifest);
std::size_t rows_of(const store::ArchiveManifest& manifest);
std::size_t rows_of(const store::ArchiveDatabase& database);

// `loquat import FOLDER`.  Gives the exit code.
struct ImportArchiveOptions {
    CommonOptions common;
    std::string folder;
    std::string url;  // of who owns the schemas; empty: store.sql.url
    bool is_check = false;
};
int import_archive(const ImportArchiveOptions& options);

}  // namespace loquat::app
