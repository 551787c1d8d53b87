#include "runtime/stores/builtin.hpp"

#include <iterator>
#include <map>

#include "base/log.hpp"
#include "runtime/calls/neighbour_wait.hpp"
#include "runtime/telemetry/health.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "store/log/segment_log.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/sqlite/cached_bytes.hpp"
#include "store/sqlite/sqlite_database.hpp"

// The only file of the runtime that names adapters.
namespace loquat::runtime {
namespace {

constexpr LogContext context{.service = "platform"};

std::optional<std::string> log_trouble(store::LogState state) {
    switch (state) {
        case store::LogState::full:
            return "the disk is full";
        case store::LogState::broken:
            return "the log cannot be written";
        case store::LogState::ready:
            break;
    }
    return std::nullopt;
}

// The files, and what services append to.
struct LogOfFolder {
    std::unique_ptr<store::FolderLog> files;
    std::unique_ptr<store::EventLog> gated;
};

std::shared_ptr<store::EventLog> open_log(const StoreGround& ground) {
    constexpr std::string_view name = "log";
    store::Folder& folder = ground.folder;
    folder.expect(name);
    std::map<std::string, store::Mark*> marks;
    auto on_durable = [&folder, marks](std::string_view topic, store::Offset last) mutable {
        store::Mark*& mark = marks[std::string{topic}];
        if (mark == nullptr) {
            mark = &folder.topic_mark(topic);
        }
        mark->raise(last);
    };
    auto log = std::make_shared<LogOfFolder>();
    log->files =
        store::open_segment_log({.folder = folder.path() / name,
                                 .acknowledged = folder.acknowledged(),
                                 .is_all_acknowledged = folder.last_end() == store::LastEnd::clean,
                                 .on_durable = std::move(on_durable),
                                 .on_broken = [&folder] { folder.end_in_doubt(); }});
    const store::EventLog& files = *log->files;
    folder.confirm(name, log->files->folder_identity());
    log->gated = store::make_gated_log(*log->files, ground.troubles);
    ground.health.add("platform", "log", [&files] { return log_trouble(files.state()); });
    ground.metrics.gauge_of("loquat_log_held_bytes", "Newest records of the log, kept in memory.",
                            {}, [&files] { return static_cast<double>(files.held_bytes()); });
    return {log, log->gated.get()};
}

// `NAME.db` in the data folder.
class SqliteFolder final : public Databases {
  public:
    explicit SqliteFolder(const StoreGround& ground) : ground_(ground) {
        ground.metrics.gauge_of("loquat_store_cached_bytes", "In the page caches of all databases.",
                                {}, [] { return static_cast<double>(store::cached_bytes()); });
    }

    std::unique_ptr<store::Database> open(const store::DatabaseNeed& need) override {
        const std::string name = need.name + ".db";
        store::SqliteOptions options = store::in_file(ground_.folder.path() / name, need);
        options.stamp = ground_.folder.stamp(name);
        options.on_damage = [ground = ground_, name, topics = need.topics](const Failure& failure) {
            for (const std::string_view topic : topics) {
                ground.troubles.stop(topic, failure.message);
            }
            ground.health.add("platform", name, [what = failure.message] { return what; });
            log_error(context, "a store is damaged, and nothing more is accepted for it",
                      {{"error", failure.message}});
        };
        options.on_damaged_read = [ground = ground_, name](const Failure& failure) {
            ground.health.add("platform", name, [what = failure.message] { return what; });
            log_error(context, "a page of a store is damaged and cannot be read",
                      {{"error", failure.message}});
        };
        return store::open_sqlite(options);
    }

  private:
    StoreGround ground_;
};

// A schema for each database, at one server.
class PostgresServer final : public Databases {
  public:
    explicit PostgresServer(std::string url) : url_(std::move(url)) {}

    std::unique_ptr<store::Database> open(const store::DatabaseNeed& need) override {
        store::PostgresOptions options = store::at_server(url_, need);
        Steady told{};
        options.keep_waiting = [&told](const std::string& why) {
            const Steady now = std::chrono::steady_clock::now();
            if (now - told > std::chrono::seconds{5}) {
                told = now;
                log_warn(context, "waiting for PostgreSQL",
                         {{"setting", "store.sql.url"}, {"error", why}});
            }
            return !is_told_to_stop();
        };
        return store::open_postgres(options);
    }

  private:
    std::string url_;
};

}  // namespace

std::vector<StoreAdapter> builtin_stores() {
    std::vector<StoreAdapter> adapters;
    adapters.push_back(make_adapter<store::EventLog>(
        "log", "files", [](Stores&, const StoreGround& ground) { return open_log(ground); }));
    adapters.push_back(make_adapter<store::Broadcast>(
        "broadcast", "local",
        [](Stores&, const StoreGround&) { return store::make_local_broadcast(); }));
    adapters.push_back(make_adapter<Databases>(
        "sql", "sqlite",
        [](Stores&, const StoreGround& ground) { return std::make_unique<SqliteFolder>(ground); }));
    adapters.push_back(
        make_adapter<Databases>("sql", "postgres", [](Stores& stores, const StoreGround&) {
            return std::make_unique<PostgresServer>(stores.configured("sql").url);
        }));
    return adapters;
}

bool needs_server(std::string_view kind) { return kind == "postgres"; }

std::vector<StoreAdapter> with_builtin(std::vector<StoreAdapter> adapters) {
    std::vector<StoreAdapter> all = builtin_stores();
    all.insert(all.end(), std::make_move_iterator(adapters.begin()),
               std::make_move_iterator(adapters.end()));
    return all;
}

}  // namespace loquat::runtime
