#include "store/sqlite/sqlite_database.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/check.hpp"
#include "store/copy_error.hpp"
#include "store/sqlite/file_stamp.hpp"
#include "store/sql/job_queue.hpp"
#include "store/sqlite/open.hpp"
#include "store/sqlite/read_gate.hpp"

namespace loquat::store {
namespace {

// So long a write waits for readers that are at work; longer ones put a checkpoint off.
constexpr std::chrono::milliseconds readers_wait_max{100};

class SqliteDatabase final : public Database {
  public:
    explicit SqliteDatabase(const SqliteOptions& options);
    ~SqliteDatabase() override;

    Task<bool> secure() override;

  private:
    struct Entry {
        std::unique_ptr<Job> job;
        std::shared_ptr<aio::Completion<bool>> secured{};  // instead of a job
    };

    void submit(Lane lane, std::unique_ptr<Job> job) override;
    void write();
    void read(Connection& connection);
    void commit_group(std::vector<Entry>& group);
    void secure_now(aio::Completion<bool>& done);
    void keep_log_short();
    bool empty_log(const std::string& mode);
    bool checkpoint(const std::string& mode);
    void note_folded();
    void note_damage(const Failure& failure);
    void note_damaged_read(const Failure& failure);
    void run_in_group(Entry& entry, std::size_t group_size, std::exception_ptr& error);

    std::size_t group_max_;
    std::chrono::milliseconds answer_max_;
    std::unique_ptr<Connection> writer_;
    std::vector<std::unique_ptr<Connection>> readers_;
    JobQueue<Entry> writes_;
    JobQueue<Entry> reads_;
    ReadGate gate_;
    std::size_t checkpoint_pages_;
    std::size_t tried_pages_ = 0;  // of the log, at the last checkpoint since it began anew
    void stop();

    Mark* mark_;    // of the folder that the file belongs to; null without one
    Mark* folded_;  // likewise
    std::function<void(const Failure&)> on_damage_;
    std::optional<Failure> damage_;  // nothing more is accepted
    std::function<void(const Failure&)> on_damaged_read_;
    std::atomic<bool> has_told_read_{false};
    std::vector<std::jthread> threads_;
};

OpenOptions open_options(const SqliteOptions& options) {
    return {.file = options.file,
            .schema = options.schema,
            .durability = options.durability,
            .statements_max = options.statements_max,
            .writer_cache_kib = options.cache_kib / 2,
            .reader_cache_kib =
                options.cache_kib / 2 / std::max<std::size_t>(options.reader_threads, 1),
            .checkpoint_pages = options.checkpoint_pages,
            .file_bytes_max = options.file_bytes_max,
            .check_bytes_max = options.check_bytes_max,
            .stamp = options.stamp};
}

SqliteDatabase::SqliteDatabase(const SqliteOptions& options)
    : Database(options.answer_max),
      group_max_(options.group_max),
      answer_max_(options.answer_max),
      writer_(open_writer(open_options(options))),
      writes_(options.write_queue_max),
      reads_(options.read_queue_max),
      checkpoint_pages_(std::max<std::size_t>(options.checkpoint_pages, 1)),
      mark_(options.stamp ? options.stamp->mark : nullptr),
      folded_(options.stamp ? options.stamp->folded : nullptr),
      on_damage_(options.on_damage),
      on_damaged_read_(options.on_damaged_read) {
    for (std::size_t i = 0; i < options.reader_threads; ++i) {
        readers_.push_back(open_reader(open_options(options)));
    }
    try {
        threads_.emplace_back([this] { write(); });
        for (const auto& reader : readers_) {
            threads_.emplace_back([this, &connection = *reader] { read(connection); });
        }
    } catch (...) {
        stop();
        throw;
    }
}

void SqliteDatabase::stop() {
    writes_.close();
    reads_.close();
    threads_.clear();
}

SqliteDatabase::~SqliteDatabase() {
    stop();
    // The last connection to close folds the write-ahead log into the file.
    readers_.clear();
}

void SqliteDatabase::submit(Lane lane, std::unique_ptr<Job> job) {
    (lane == Lane::write ? writes_ : reads_).push({std::move(job)});
}

Task<bool> SqliteDatabase::secure() {
    auto done = std::make_shared<aio::Completion<bool>>(aio::Loop::current());
    writes_.push({nullptr, done});
    co_return co_await done->wait_until(std::chrono::steady_clock::now() + answer_max_);
}

void SqliteDatabase::write() {
    for (;;) {
        std::vector<Entry> group = writes_.take(group_max_);
        if (group.empty()) {
            return;
        }
        // A checkpoint stands outside of any transaction and splits the group; order is kept.
        std::vector<Entry> part;
        for (Entry& entry : group) {
            if (!entry.secured) {
                part.push_back(std::move(entry));
                continue;
            }
            commit_group(part);
            part.clear();
            secure_now(*entry.secured);
        }
        commit_group(part);
        keep_log_short();
        writer_->count_cache();
    }
}

// Emptied, so that what follows cannot be read back together with older pages.
void SqliteDatabase::secure_now(aio::Completion<bool>& done) {
    std::exception_ptr error;
    bool is_safe = false;
    try {
        if (damage_) {
            throw Failure{*damage_};
        }
        is_safe = empty_log("TRUNCATE");
    } catch (const Failure& failure) {
        note_damage(failure);
        error = std::current_exception();
    } catch (...) {
        error = std::current_exception();
    }
    error ? done.fail(std::move(error)) : done.set(is_safe);
}

// A checkpoint moves what no reader needs, and the log begins anew once there is a moment in which
// all of it was moved and nobody reads.  With readers all the time there is none, so that one is
// made.
void SqliteDatabase::keep_log_short() {
    const std::size_t pages = writer_->log_pages();
    tried_pages_ = pages < tried_pages_ ? 0 : tried_pages_;
    if (pages < tried_pages_ + checkpoint_pages_) {
        return;
    }
    tried_pages_ = pages;
    try {
        if (pages < 2 * checkpoint_pages_) {
            checkpoint("PASSIVE");
        } else {
            empty_log("RESTART");
        }
    } catch (const Failure& failure) {
        note_damage(failure);
        LOQUAT_CHECK(!writer_->in_transaction(), "a checkpoint stands alone");
    }
}

// Of a full disk the next writing unit hears by itself.
void SqliteDatabase::note_damage(const Failure& failure) {
    if (failure.code != "store.damaged" || damage_) {
        return;
    }
    damage_ = failure;
    if (on_damage_) {
        on_damage_(failure);
    }
}

void SqliteDatabase::note_damaged_read(const Failure& failure) {
    if (failure.code == "store.damaged" && on_damaged_read_ && !has_told_read_.exchange(true)) {
        on_damaged_read_(failure);
    }
}

// Whether all is in the file now, and forced.
bool SqliteDatabase::checkpoint(const std::string& mode) {
    const Rows rows = writer_->run_once("PRAGMA wal_checkpoint(" + mode + ")");
    // Busy, pages in the log, pages moved; both are -1 when another one moves them.
    const Row row = rows.front();
    const bool is_all = row.integer(1) >= 0 && row.integer(1) == row.integer(2);
    if (is_all) {
        note_folded();
    }
    return is_all;
}

// Everything is in the file.  Said before the log can begin anew, which only this thread does.
void SqliteDatabase::note_folded() {
    if (folded_ != nullptr) {
        folded_->raise(mark_->value());
    }
}

// Whether all is in the file; the log stays as it is when it is read for longer.
bool SqliteDatabase::empty_log(const std::string& mode) {
    const bool nobody_reads = gate_.close(readers_wait_max);
    bool is_all = false;
    try {
        // What another process reads (a backup) is not waited for: nobody reads or writes then.
        writer_->set_busy_wait(std::chrono::milliseconds{0});
        is_all = checkpoint(nobody_reads ? mode : "PASSIVE");
    } catch (...) {
        writer_->set_busy_wait(Connection::busy_wait);
        gate_.open();
        throw;
    }
    writer_->set_busy_wait(Connection::busy_wait);
    gate_.open();
    return is_all;
}

void SqliteDatabase::commit_group(std::vector<Entry>& group) {
    if (group.empty()) {
        return;
    }
    std::vector<std::exception_ptr> errors(group.size());
    std::exception_ptr common;
    try {
        if (damage_) {
            throw Failure{*damage_};
        }
        const std::int64_t before = writer_->rows_changed();
        writer_->begin();
        for (std::size_t i = 0; i < group.size(); ++i) {
            run_in_group(group[i], group.size(), errors[i]);
        }
        const bool counts = mark_ != nullptr && writer_->rows_changed() != before;
        if (writer_->in_transaction()) {
            const std::uint64_t changes = counts ? count_change(*writer_) : 0;
            writer_->commit();
            if (counts) {
                mark_->raise(changes);
            }
        }
    } catch (const Failure& failure) {
        note_damage(failure);
        common = std::current_exception();
    } catch (...) {
        common = std::current_exception();
    }
    if (common) {
        try {
            writer_->rollback();
        } catch (const Failure&) {
            LOQUAT_CHECK(!writer_->in_transaction(), "a failed commit is rolled back");
        }
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
        group[i].job->finish(errors[i] ? std::move(errors[i]) : copy_of(common));
    }
}

// What one unit throws ends that unit only, unless SQLite gave up the whole transaction (disk full,
// I/O).
void SqliteDatabase::run_in_group(Entry& entry, std::size_t group_size, std::exception_ptr& error) {
    const bool shared = group_size > 1;
    if (shared) {
        writer_->execute("SAVEPOINT unit");
    }
    try {
        entry.job->run(*writer_);
    } catch (const Failure& failure) {
        error = std::current_exception();
        if (writer_->in_transaction()) {
            note_damaged_read(failure);
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (error && !writer_->in_transaction()) {
        std::rethrow_exception(error);
    }
    if (!shared) {
        if (error) {
            writer_->rollback();
        }
        return;
    }
    if (error) {
        writer_->execute("ROLLBACK TO unit");
    }
    writer_->execute("RELEASE unit");
}

void SqliteDatabase::read(Connection& connection) {
    for (;;) {
        std::vector<Entry> taken = reads_.take(1);
        if (taken.empty()) {
            return;
        }
        Job& job = *taken.front().job;
        std::exception_ptr error;
        gate_.enter();
        try {
            connection.begin_reading();
            job.run(connection);
            connection.commit();
        } catch (const Failure& failure) {
            note_damaged_read(failure);
            error = std::current_exception();
        } catch (...) {
            error = std::current_exception();
        }
        if (error) {
            connection.rollback();
        }
        gate_.leave();
        connection.count_cache();
        job.finish(std::move(error));
    }
}

}  // namespace

SqliteOptions in_file(std::filesystem::path file, const DatabaseNeed& need) {
    return {.file = std::move(file),
            .schema = need.schema,
            .durability = need.durability,
            .cache_kib = need.cache_kib,
            .checkpoint_pages = need.checkpoint_pages};
}

std::unique_ptr<Database> open_sqlite(const SqliteOptions& options) {
    return std::make_unique<SqliteDatabase>(options);
}

}  // namespace loquat::store
