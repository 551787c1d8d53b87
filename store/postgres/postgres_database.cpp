#include "store/postgres/postgres_database.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/copy_error.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/schema.hpp"
#include "store/sql/job_queue.hpp"

namespace loquat::store {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds pause_min{50};
constexpr milliseconds pause_max{2'000};
constexpr milliseconds retry_pause{200};
// Nodes that are further apart refuse each other's tokens.
constexpr milliseconds clocks_apart_max{60'000};
// The state of SQL with which a turn is not given in time.
constexpr std::string_view lock_not_available = "55P03";

PostgresTarget target_of(const PostgresOptions& options) {
    return {.url = options.url,
            .schema = as_identifier(options.schema),
            .durability = options.durability,
            .connect_max = options.connect_max,
            .answer_max = options.statement_max,
            .lock_max = options.lock_max,
            .idle_max = options.idle_max,
            .statements_max = options.statements_max};
}

// A server that says no, and would say it again.  One that starts or ends says so in these words.
bool is_refusal(std::string_view why) {
    const bool passes = why.contains("starting up") || why.contains("shutting down") ||
                        why.contains("recovery") || why.contains("too many");
    return (why.contains("FATAL") && !passes) || why.contains("invalid") ||
           why.contains("certificate") || why.contains("does not support SSL") ||
           why.contains("definition of service") || why.contains("service file");
}

// Connected, or throws what is the matter in words for who starts the program.
void reach(PostgresConnection& connection, const PostgresOptions& options) {
    const Steady deadline = std::chrono::steady_clock::now() + options.start_max;
    for (;;) {
        try {
            return connection.open();
        } catch (const Failure& failure) {
            const bool may_wait = std::chrono::steady_clock::now() < deadline &&
                                  !is_refusal(failure.detail) &&
                                  (!options.keep_waiting || options.keep_waiting(failure.detail));
            if (!may_wait) {
                throw Failure{Kind::unavailable, "store.unavailable",
                              unusable_postgres(failure.detail)};
            }
        }
        std::this_thread::sleep_for(retry_pause);
    }
}

void check_server(PostgresConnection& connection, const PostgresOptions& options) {
    const Rows rows = connection.query(
        "SELECT CAST(current_setting('server_version_num') AS BIGINT), "
        "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)");
    constexpr int major = 10'000;
    const std::int64_t version = rows.front().integer(0);
    if (version < options.version_min) {
        throw Failure{Kind::invalid, "store.unfit",
                      "PostgreSQL cannot be used: it is version " +
                          std::to_string(version / major) + ", and " +
                          std::to_string(options.version_min / major) + " or newer is needed."};
    }
    const milliseconds ahead = SystemClock{}.now() - from_unix_ms(rows.front().integer(1));
    if (std::chrono::abs(ahead) > clocks_apart_max && options.on_other_clock) {
        options.on_other_clock(std::chrono::duration_cast<std::chrono::seconds>(ahead));
    }
}

// A connection that is made when it is needed, and not tried all the time while nobody answers.
class Line {
  public:
    explicit Line(PostgresTarget target) : connection_(std::move(target)) {}

    // Throws `store.unavailable`; at once when it was tried a moment ago.
    PostgresConnection& ready() {
        connection_.notice_end();
        if (connection_.is_open()) {
            return connection_;
        }
        const Steady now = std::chrono::steady_clock::now();
        if (now < next_) {
            throw postgres_unavailable(why_);
        }
        try {
            connection_.open();
        } catch (const Failure& failure) {
            why_ = failure.detail;
            pause_ = std::min(pause_max, std::max(pause_min, 2 * pause_));
            next_ = std::chrono::steady_clock::now() + pause_;
            throw;
        }
        pause_ = milliseconds{0};
        return connection_;
    }

  private:
    PostgresConnection connection_;
    Steady next_{};
    milliseconds pause_{0};
    std::string why_;
};

class PostgresDatabase final : public Database {
  public:
    explicit PostgresDatabase(const PostgresOptions& options);
    ~PostgresDatabase() override { stop(); }

    Task<bool> secure() override;

  private:
    using Entry = std::unique_ptr<Job>;

    void submit(Lane lane, std::unique_ptr<Job> job) override {
        (lane == Lane::write ? writes_ : reads_).push(std::move(job));
    }
    void bring_up_to_date(const PostgresOptions& options);
    void write();
    void read();
    void commit_group(Line& line, std::vector<Entry>& group);
    void free_turn() noexcept;
    void run_in_group(PostgresConnection& connection, Job& job, std::exception_ptr& error);
    void read_one(Line& line, Job& job);
    void stop();

    PostgresTarget target_;
    std::int64_t turn_;
    std::size_t group_max_;
    JobQueue<Entry> writes_;
    JobQueue<Entry> reads_;
    std::vector<std::jthread> threads_;
};

PostgresDatabase::PostgresDatabase(const PostgresOptions& options)
    : Database(options.answer_max),
      target_(target_of(options)),
      turn_(turn_of(options.schema)),
      group_max_(options.group_max),
      writes_(options.write_queue_max),
      reads_(options.read_queue_max) {
    bring_up_to_date(options);
    try {
        threads_.emplace_back([this] { write(); });
        for (std::size_t i = 0; i < options.reader_threads; ++i) {
            threads_.emplace_back([this] { read(); });
        }
    } catch (...) {
        stop();
        throw;
    }
}

void PostgresDatabase::stop() {
    writes_.close();
    reads_.close();
    threads_.clear();
}

void PostgresDatabase::bring_up_to_date(const PostgresOptions& options) {
    PostgresConnection connection{target_};
    reach(connection, options);
    check_server(connection, options);
    store::bring_up_to_date(connection, options.schema, options.steps);
}

// Forces what was committed before, whatever its durability.
Task<bool> PostgresDatabase::secure() {
    auto work = [](Transaction& transaction) {
        transaction.query(
            "SELECT set_config('synchronous_commit', 'on', true), pg_current_xact_id() IS NULL");
    };
    co_await transact(work);
    co_return true;
}

void PostgresDatabase::write() {
    Line line{target_};
    for (;;) {
        std::vector<Entry> group = writes_.take(group_max_);
        if (group.empty()) {
            return;
        }
        commit_group(line, group);
    }
}

void PostgresDatabase::commit_group(Line& line, std::vector<Entry>& group) {
    std::vector<std::exception_ptr> errors(group.size());
    std::exception_ptr common;
    PostgresConnection* connection = nullptr;
    bool has_waited_in_vain = false;
    try {
        connection = &line.ready();
        connection->begin(turn_);
        for (std::size_t i = 0; i < group.size(); ++i) {
            run_in_group(*connection, *group[i], errors[i]);
        }
        connection->commit();
    } catch (const Failure& failure) {
        has_waited_in_vain = failure.detail.starts_with(lock_not_available);
        common = std::current_exception();
    } catch (...) {
        common = std::current_exception();
    }
    if (common && connection != nullptr) {
        connection->rollback();
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
        group[i]->finish(errors[i] ? std::move(errors[i]) : copy_of(common));
    }
    if (has_waited_in_vain) {
        free_turn();
    }
}

// For who comes next: nobody's sleep holds up the others for longer.
void PostgresDatabase::free_turn() noexcept {
    try {
        PostgresConnection connection{target_};
        connection.open();
        if (end_sleepers(connection, turn_, target_.idle_max) > 0) {
            log_warn({.service = "store"}, "a program that slept in its turn has lost it",
                     {{"schema", target_.schema}});
        }
    } catch (const Failure&) {
        // The server is away, then so are those who slept; or the next one tries.
    }
}

// What one unit throws ends that unit only, unless the connection was lost with it.
void PostgresDatabase::run_in_group(PostgresConnection& connection, Job& job,
                                    std::exception_ptr& error) {
    connection.begin_unit();
    try {
        job.run(connection);
    } catch (...) {
        error = std::current_exception();
    }
    if (!error) {
        connection.end_unit();
        return;
    }
    if (!connection.is_open()) {
        std::rethrow_exception(error);
    }
    connection.undo_unit();
}

void PostgresDatabase::read() {
    Line line{target_};
    for (;;) {
        std::vector<Entry> taken = reads_.take(1);
        if (taken.empty()) {
            return;
        }
        read_one(line, *taken.front());
    }
}

void PostgresDatabase::read_one(Line& line, Job& job) {
    std::exception_ptr error;
    PostgresConnection* connection = nullptr;
    try {
        connection = &line.ready();
        connection->begin_reading();
        job.run(*connection);
        connection->end_reading();
    } catch (...) {
        error = std::current_exception();
        if (connection != nullptr) {
            connection->rollback();
        }
    }
    job.finish(std::move(error));
}

}  // namespace

PostgresOptions at_server(std::string url, const DatabaseNeed& need) {
    return {.url = std::move(url),
            .schema = need.name,
            .steps = need.schema,
            .durability = need.durability};
}

std::unique_ptr<Database> open_postgres(const PostgresOptions& options) {
    return std::make_unique<PostgresDatabase>(options);
}

}  // namespace loquat::store
