#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "aio/run.hpp"
#include "apps/loquat/commands.hpp"
#include "apps/loquat/modules.hpp"
#include "apps/loquat/move/moved_set.hpp"
#include "apps/loquat/progress.hpp"
#include "base/bytes.hpp"
#include "net/jose/digest.hpp"
#include "runtime/version.hpp"
#include "services/consumer/dead_move.hpp"
#include "store/archive/row_text.hpp"
#include "store/archive/table_reader.hpp"
#include "store/folder/stamped_text.hpp"

namespace loquat::app {
namespace {

namespace fs = std::filesystem;

// A log that has much to be stored is worked through for so long.
constexpr std::chrono::minutes rest_max{10};

struct ExportOptions {
    CommonOptions common;
    std::string target;
};

// All databases are files of one folder, or at a server.
void check_source(const fs::path& data, const runtime::StoreConfig& stores) {
    check_kinds(stores);
    if (stores.sql.kind != "sqlite") {
        return;
    }
    for (const store::DatabaseNeed& need : all_databases()) {
        const bool is_elsewhere = need.name == "messages" && stores.messages.kind != "sql";
        if (!is_elsewhere && !fs::exists(data / (need.name + ".db"))) {
            throw Failure{
                Kind::not_found, "export.no_folder",
                data.string() + " has no " + need.name +
                    ".db: give the data folder of a `loquat up` with --data. What `loquat "
                    "up --processes` keeps in files is in several folders and cannot be "
                    "exported."};
        }
    }
}

// Runs them until everything that was accepted is in the stores.
void bring_to_rest(const CommonOptions& options, const std::vector<std::string>& services) {
    CommonOptions quiet = options;
    quiet.settings.push_back("platform.log_level=error");
    runtime::Platform platform{quiet.platform(modules_named(services))};
    platform.start();
    if (!platform.wait_until_at_rest(rest_max)) {
        throw Failure{Kind::unavailable, "export.not_stored",
                      "What was accepted is not stored yet, after ten minutes of storing. The "
                      "program's log says what is in its way; `loquat doctor` may too."};
    }
    platform.stop();
}

// Nothing that was acknowledged is in the log alone.
Task<void> check_stored(MovedSet& source, store::Database& database,
                        const store::DatabaseNeed& need) {
    store::EventLog& log = source.log();
    for (const std::string_view topic : need.topics) {
        const store::Progress progress = co_await source.stored(need, database, topic);
        const Uuid identity = co_await log.identity(std::string{topic});
        store::Partition partition{.topic = std::string{topic}};
        const std::uint32_t partitions = co_await log.partitions(partition.topic);
        for (; partition.number < partitions; ++partition.number) {
            const store::LogEnds ends = co_await log.ends(partition);
            const store::Offset applied = progress.applied(partition.number, identity);
            const bool is_stored =
                co_await store::is_all_before(log, partition, applied, ends.last);
            if (!is_stored) {
                throw Failure{Kind::unavailable, "export.not_stored",
                              "The log has records of " + partition.topic +
                                  " that are not stored yet: something has written meanwhile. Stop "
                                  "it and run this again."};
            }
        }
    }
}

// Messages that are at MongoDB, into the database from which an archive takes them.
Task<void> take_out_messages(MovedSet& source, store::Database& database) {
    Progress progress{"messages at MongoDB", 0};
    const auto told = [&progress](std::size_t messages) { progress.add(messages); };
    co_await source.messages_elsewhere().take_out(database, told);
    progress.finish();
}

// What an export before that was killed has left; the folder is held while it goes.
void drop_left(const fs::path& data, const runtime::StoreConfig& stores) {
    MovedSet source{data, stores};
    source.drop_beside();
}

// A table on its way into the archive, a part a file.
class TableParts {
  public:
    TableParts(store::ArchiveWriter& writer, std::string prefix, const store::TableShape& shape)
        : writer_(writer),
          prefix_(std::move(prefix)),
          table_{.name = shape.name,
                 .columns = shape.column_names(),
                 .rows = 0,
                 .sha256 = {},
                 .parts = {}} {}

    void add(std::string_view text, std::int64_t rows) {
        sum_.add(text);
        text_ += text;
        rows_ += rows;
        if (text_.size() >= store::ArchiveWriter::part_bytes) {
            write();
        }
    }

    store::ArchiveTable finish() {
        if (rows_ > 0) {
            write();
        }
        table_.sha256 = to_hex(sum_.finish());
        return std::move(table_);
    }

  private:
    void write() {
        const std::string file =
            fmt::format("{}.{}.{:06}.jsonl", prefix_, table_.name, table_.parts.size() + 1);
        table_.parts.push_back(writer_.write_part(file, text_, rows_));
        table_.rows += rows_;
        text_.clear();
        rows_ = 0;
    }

    store::ArchiveWriter& writer_;
    std::string prefix_;
    store::ArchiveTable table_;
    net::jose::Sha256 sum_;
    std::string text_;
    std::int64_t rows_ = 0;
};

class Export {
  public:
    Export(const fs::path& target, MovedSet& source) : writer_(target), source_(source) {
        manifest_.id = Uuid::make();
        manifest_.made_at = SystemClock{}.now();
        manifest_.program = runtime::version;
    }

    Task<void> add(const MovedDatabase& moved, store::Database& database) {
        co_await check_stored(source_, database, moved.need);
        store::ArchiveDatabase made{
            .name = moved.need.name, .steps = store::steps_of(moved.need), .tables = {}};
        Progress progress{made.name, 0};
        for (const store::TableShape& shape : moved.shapes) {
            const From from{made.name, shape, database};
            store::ArchiveTable table = co_await write_table(from, progress);
            made.tables.push_back(std::move(table));
        }
        progress.finish();
        manifest_.databases.push_back(std::move(made));
    }

    // Records that were given up: of the log nothing else is left.
    Task<void> add_dead() {
        const store::TableShape& shape = consumer::dead_shape();
        TableParts parts{writer_, log_name, shape};
        consumer::DeadMove dead{source_.log()};
        const auto add = [&](const consumer::MovedDead& one) {
            std::string line;
            store::append_line(line, shape, values_of(one));
            parts.add(line, 1);
        };
        co_await dead.take_out(add);
        manifest_.dead = parts.finish();
    }

    void add_file(std::string_view name) {
        const fs::path file = source_.folder().path() / name;
        std::ifstream in{file, std::ios::binary};
        if (!in) {
            return;
        }
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        if (auto wrong = store::check_stamped(file, text, source_.folder().stamp_text(name))) {
            throw std::move(*wrong);
        }
        const auto read = store::read_stamped(text);
        manifest_.files.push_back(writer_.write_file(std::string{name}, read->body));
    }

    const store::ArchiveManifest& finish() {
        writer_.finish(manifest_);
        return manifest_;
    }

  private:
    struct From {
        const std::string& name;  // of the database
        const store::TableShape& shape;
        store::Database& database;
    };

    Task<store::ArchiveTable> write_table(From from, Progress& progress) {
        TableParts parts{writer_, from.name, from.shape};
        store::TableReader reader{from.database, from.shape};
        for (bool is_end = false; !is_end;) {
            const store::Lines lines = co_await reader.next();
            is_end = lines.rows == 0;
            parts.add(lines.text, lines.rows);
            progress.add(static_cast<std::size_t>(lines.rows));
        }
        co_return parts.finish();
    }

    store::ArchiveWriter writer_;
    MovedSet& source_;
    store::ArchiveManifest manifest_;
};

void export_all(const ExportOptions& options) {
    const auto stores = options.common.load().get<runtime::StoreConfig>("store");
    const fs::path data = options.common.data;
    check_source(data, stores);
    store::check_archive_target(options.target);
    refuse_users(stores);
    // Answers that were being written end first; then what that has put into the log is stored,
    // with nobody left who could add to it.
    fmt::print(stderr, "storing what was accepted\n");
    bring_to_rest(options.common, {"auth", "chat", "consumer"});
    bring_to_rest(options.common, {"consumer"});
    const std::vector<MovedDatabase> databases = moved_databases();
    drop_left(data, stores);
    MovedSet source{data, stores};
    std::vector<std::unique_ptr<store::Database>> opened;
    for (const MovedDatabase& moved : databases) {
        opened.push_back(source.open(moved.need));
    }
    source.log();
    source.folder().settle();
    Export made{options.target, source};
    aio::Loop loop{"command"};
    for (std::size_t i = 0; i < databases.size(); ++i) {
        if (source.is_elsewhere(databases[i].need)) {
            aio::run_to_end(loop, take_out_messages(source, *opened[i]));
        }
        aio::run_to_end(loop, made.add(databases[i], *opened[i]));
    }
    aio::run_to_end(loop, made.add_dead());
    for (const runtime::Module* module : services::all_modules()) {
        for (const std::string_view name : module->files) {
            made.add_file(name);
        }
    }
    opened.clear();
    source.drop_beside();
    const store::ArchiveManifest& manifest = made.finish();
    print_tables(manifest);
    fmt::print("{}; {}\n", text_of_all(manifest), fs::absolute(options.target).string());
}

}  // namespace

void add_export(Command program, int&) {
    const Command command =
        program.add("export", "write all data into an archive, to move it to servers or back");
    auto options = std::make_shared<ExportOptions>();
    options->common.add_to(command);
    command.option("target", options->target, "the archive: a folder to make")
        .takes("FOLDER")
        .required();
    command.on_run([options] { export_all(*options); });
    command.footer(
        "Stop Loquat first, all processes of it: a data folder that is in use, and a database "
        "server "
        "that processes of\nLoquat are connected to, are refused. What was accepted and is in the "
        "log only is stored before anything is\nread. The archive does not depend on where the "
        "data "
        "was; `loquat import FOLDER` brings it into an empty data\nfolder or an empty database "
        "server. The number of rows and the SHA-256 of each table are printed, and are the\nsame "
        "wherever the data is.\n"
        "It holds everything, hashes of passwords and signing keys too: keep it as you keep the "
        "data "
        "folder.\n"
        "Interrupted, it leaves no archive; run again, it begins anew.\n"
        "Exit codes: 0 well, 1 failed, 2 called wrongly.\n"
        "examples:\n"
        "  loquat export /srv/moving --data /srv/loquat\n"
        "  loquat export /srv/moving --config /etc/loquat/servers.yaml");
}

}  // namespace loquat::app
