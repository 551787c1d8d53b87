#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "runtime/stores/families.hpp"
#include "runtime/telemetry/health.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/postgres/service_url.hpp"
#include "store/sqlite/cached_bytes.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace loquat::runtime {
namespace {

constexpr LogContext context{.service = "platform"};

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
    PostgresServer(std::string url, std::vector<std::string> services)
        : url_(std::move(url)), services_(std::move(services)) {}

    std::unique_ptr<store::Database> open(const store::DatabaseNeed& need) override {
        store::PostgresOptions options =
            store::at_server(store::url_of_service(url_, who_opens(need)), need);
        options.keep_waiting = say_waiting_for("PostgreSQL", "store.sql.url");
        options.on_other_clock = [this](std::chrono::seconds ahead) { say_other_clock(ahead); };
        return store::open_postgres(options);
    }

  private:
    // The owner where it runs here, else who reads.
    std::string_view who_opens(const store::DatabaseNeed& need) const {
        const auto is_here = [this](std::string_view service) {
            return std::ranges::find(services_, service) != services_.end();
        };
        const auto reader = std::ranges::find_if(need.readers, is_here);
        return is_here(need.owner) || reader == need.readers.end() ? need.owner : *reader;
    }

    // Once, and not for each database.
    void say_other_clock(std::chrono::seconds ahead) {
        if (!std::exchange(has_said_clock_, true)) {
            log_warn(context,
                     "the clocks differ: set this machine's and PostgreSQL's by NTP. Nodes refuse "
                     "each other's tokens, and times of messages are wrong",
                     {{"ahead_seconds", ahead.count()}});
        }
    }

    std::string url_;
    std::vector<std::string> services_;
    bool has_said_clock_ = false;
};

}  // namespace

std::vector<StoreAdapter> database_adapters() {
    return {
        make_adapter<Databases>("sql", "sqlite",
                                [](Stores&, const StoreGround& ground) {
                                    return std::make_unique<SqliteFolder>(ground);
                                }),
        make_adapter<Databases>("sql", "postgres", [](Stores& stores, const StoreGround& ground) {
            return std::make_unique<PostgresServer>(stores.configured("sql").url, ground.services);
        })};
}

}  // namespace loquat::runtime
