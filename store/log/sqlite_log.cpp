#include "store/log/sqlite_log.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "aio/offload.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "store/copy_error.hpp"
#include "store/log/log_file.hpp"
#include "store/log/tail.hpp"
#include "store/sqlite/failure.hpp"

namespace loquat::store {
namespace {

constexpr std::int64_t trim_rows_max =
    256;  // in one commit, so that appends do not wait for a large trim
constexpr std::size_t read_queue_max = 256;

class SqliteLog final : public EventLog {
  public:
    explicit SqliteLog(const SqliteLogOptions& options);
    ~SqliteLog() override;

    Task<Offset> append(std::string topic, std::string key, std::string payload) override;
    Task<void> append_all(std::string topic, std::vector<KeyedPayload> records) override;
    Task<std::vector<LogRecordPtr>> read(std::string topic, Offset after, ReadLimit limit) override;
    Task<bool> wait(std::string topic, Offset after, Steady deadline) override {
        co_return co_await tail_.wait(std::move(topic), after, deadline);
    }
    Task<void> trim(std::string topic, Offset before) override;
    Task<LogEnds> ends(std::string topic) override { co_return tail_.ends(topic); }
    Uuid identity() const override { return identity_; }
    LogState state() const override { return state_.load(std::memory_order_relaxed); }

  private:
    struct Append {
        std::string topic;
        std::shared_ptr<LogRecord> record;
        std::shared_ptr<aio::Completion<Offset>> done;
        aio::Loop* home;
        std::exception_ptr error = nullptr;
    };
    struct Trim {
        std::string topic;
        Offset before;
        std::shared_ptr<aio::Completion<void>> done;  // null once it has been answered
    };
    struct Work {
        std::vector<Append> appends;
        std::vector<Trim> trims;
        bool stop = false;
    };

    std::shared_ptr<aio::Completion<Offset>> begin_append(std::string topic, KeyedPayload payload);
    void enqueue(Append append);
    Work take();
    void write();
    void commit(std::vector<Append>& appends);
    void run_trim(Trim trim);
    void probe();
    void report(const std::exception_ptr& error);
    Steady answer_deadline() const {
        return std::chrono::steady_clock::now() + options_.answer_max;
    }

    SqliteLogOptions options_;
    LogFile file_;
    const Uuid identity_;
    std::map<std::string, LogFile::Topic> topics_;  // writer thread
    Tail tail_;
    LogFile reading_;  // reader thread
    aio::WorkerPool reader_{"log-read", 1, read_queue_max};
    std::atomic<LogState> state_{LogState::ready};

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Append> queue_;
    std::size_t queue_bytes_ = 0;
    std::vector<Trim> trims_;
    bool idle_ = false;  // the writer waits to be notified
    bool stopping_ = false;
    std::jthread writer_;
};

std::size_t size_of(const LogRecord& record) { return record.key.size() + record.payload.size(); }

// Completes everything with one post for each loop.
template <class Append, class Give>
void complete_all(std::vector<Append>& appends, Give give) {
    std::unordered_map<aio::Loop*, std::vector<Append>> by_home;
    for (Append& append : appends) {
        by_home[append.home].push_back(std::move(append));
    }
    for (auto& [home, mine] : by_home) {
        home->post([done = std::move(mine), give]() mutable {
            for (Append& append : done) {
                give(append);
            }
        });
    }
}

SqliteLog::SqliteLog(const SqliteLogOptions& options)
    : options_(options),
      file_(LogFile::open_writer(options)),
      identity_(file_.load_identity()),
      topics_(file_.load_topics()),
      tail_(options.tail_bytes_max),
      reading_(LogFile::open_reader(options)) {
    for (const auto& [name, topic] : topics_) {
        tail_.open_topic(name, topic.ends);
    }
    writer_ = std::jthread{[this] { write(); }};
}

SqliteLog::~SqliteLog() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_one();
    writer_.join();
}

void SqliteLog::enqueue(Append append) {
    bool wake = false;
    {
        const std::lock_guard lock{mutex_};
        const std::size_t bytes = size_of(*append.record);
        if (queue_.size() >= options_.queue_max ||
            queue_bytes_ + bytes > options_.queue_bytes_max) {
            throw Failure{Kind::unavailable, "store.overloaded",
                          "The store has too much to do at the moment."}
                .retry_in(std::chrono::seconds{1});
        }
        queue_bytes_ += bytes;
        queue_.push_back(std::move(append));
        wake = std::exchange(idle_, false);
    }
    if (wake) {
        changed_.notify_one();
    }
}

std::shared_ptr<aio::Completion<Offset>> SqliteLog::begin_append(std::string topic,
                                                                 KeyedPayload payload) {
    check_append(topic, payload.key, payload.payload);
    tail_.admit(topic);
    if (state() == LogState::full) {
        throw full_disk(options_.file);
    }
    auto record = std::make_shared<LogRecord>();
    record->key = std::move(payload.key);
    record->payload = std::move(payload.payload);
    aio::Loop& home = aio::Loop::current();
    auto done = std::make_shared<aio::Completion<Offset>>(home);
    enqueue({std::move(topic), std::move(record), done, &home});
    return done;
}

Task<Offset> SqliteLog::append(std::string topic, std::string key, std::string payload) {
    const auto done = begin_append(std::move(topic), {std::move(key), std::move(payload)});
    co_return co_await done->wait_until(answer_deadline());
}

// Commits take the queue from its front, so the order of queueing is the order of offsets.
Task<void> SqliteLog::append_all(std::string topic, std::vector<KeyedPayload> records) {
    std::vector<std::shared_ptr<aio::Completion<Offset>>> begun;
    std::exception_ptr refused;
    try {
        for (KeyedPayload& record : records) {
            begun.push_back(begin_append(topic, std::move(record)));
        }
    } catch (...) {
        refused = std::current_exception();
    }
    const Steady deadline = answer_deadline();
    for (const auto& done : begun) {
        co_await done->wait_until(deadline);
    }
    if (refused) {
        std::rethrow_exception(refused);
    }
}

Task<std::vector<LogRecordPtr>> SqliteLog::read(std::string topic, Offset after, ReadLimit limit) {
    if (auto held = tail_.read(topic, after, limit)) {
        co_return std::move(*held);
    }
    auto work = [this, topic, after, limit] { return reading_.read(topic, after, limit); };
    try {
        co_return co_await reader_.run<std::vector<LogRecordPtr>>(std::move(work));
    } catch (const Failure&) {
        // Trimmed meanwhile is another thing than damaged.
        tail_.check_kept(topic, after);
        throw;
    }
}

Task<void> SqliteLog::trim(std::string topic, Offset before) {
    auto done = std::make_shared<aio::Completion<void>>(aio::Loop::current());
    {
        const std::lock_guard lock{mutex_};
        trims_.push_back({std::move(topic), before, done});
        idle_ = false;
    }
    changed_.notify_one();
    co_await done->wait_until(answer_deadline());
}

SqliteLog::Work SqliteLog::take() {
    std::unique_lock lock{mutex_};
    const auto ready = [this] { return !queue_.empty() || !trims_.empty() || stopping_; };
    if (!ready()) {
        idle_ = true;
        // While full this thread looks for space by itself; otherwise there is nothing to wake for.
        if (state() == LogState::full) {
            changed_.wait_for(lock, options_.full_retry, ready);
        } else {
            changed_.wait(lock, ready);
        }
        idle_ = false;
    }
    Work work;
    work.trims.swap(trims_);
    std::size_t bytes = 0;
    std::size_t count = 0;
    while (count < queue_.size() && bytes < options_.batch_bytes_max) {
        bytes += size_of(*queue_[count].record);
        ++count;
    }
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
    work.appends.assign(std::move_iterator{queue_.begin()}, std::move_iterator{end});
    queue_.erase(queue_.begin(), end);
    queue_bytes_ -= bytes;
    work.stop = stopping_ && queue_.empty();
    return work;
}

void SqliteLog::write() {
    for (;;) {
        Work work = take();
        if (state() == LogState::full) {
            probe();
        }
        if (!work.appends.empty()) {
            commit(work.appends);
        }
        for (Trim& trim : work.trims) {
            run_trim(std::move(trim));
        }
        if (work.stop) {
            return;
        }
    }
}

void SqliteLog::commit(std::vector<Append>& appends) {
    LogFile::Batch batch;
    std::exception_ptr error;
    try {
        for (const Append& append : appends) {
            const auto known = topics_.find(append.topic);
            auto& records = batch[append.topic];
            const Offset last = known == topics_.end() ? 0 : known->second.ends.last;
            append.record->offset = last + records.size() + 1;
            records.push_back(append.record);
        }
        file_.append(batch, topics_);
        state_ = LogState::ready;
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        report(error);
        for (Append& append : appends) {
            append.error = copy_of(error);
        }
        complete_all(appends, [](Append& append) { append.done->fail(std::move(append.error)); });
        return;
    }
    for (const auto& [name, records] : batch) {
        tail_.add(name, records);
    }
    complete_all(appends, [](Append& append) { append.done->set(append.record->offset); });
}

void SqliteLog::run_trim(Trim trim) {
    std::exception_ptr error;
    bool more = false;
    try {
        if (const auto topic = topics_.find(trim.topic); topic != topics_.end()) {
            LogEnds& ends = topic->second.ends;
            const Offset before = std::min(trim.before, ends.last + 1);
            more = file_.trim(topic->second, before, trim_rows_max);
            ends.first = std::max(ends.first, before);
            tail_.trim(trim.topic, before);
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (const auto done = std::exchange(trim.done, nullptr)) {
        error ? done->fail(std::move(error)) : done->set();
    }
    if (more) {
        const std::lock_guard lock{mutex_};
        if (!stopping_) {
            trims_.push_back(std::move(trim));
        }
    }
}

void SqliteLog::probe() {
    try {
        file_.probe_space();
        state_ = LogState::ready;
        log_info({.service = "log"}, "there is space again", {{"file", options_.file.string()}});
    } catch (const Failure& failure) {
        if (failure.code != "store.full") {
            report(std::current_exception());
        }
    }
}

void SqliteLog::report(const std::exception_ptr& error) {
    std::string code = "unknown";
    std::string detail;
    try {
        std::rethrow_exception(error);
    } catch (const Failure& failure) {
        code = failure.code;
        detail = failure.message + " " + failure.detail;
    } catch (const std::exception& failure) {
        detail = failure.what();
    }
    if (code == "store.full") {
        state_ = LogState::full;
    } else if (code == "store.damaged") {
        state_ = LogState::broken;
    }
    log_error({.service = "log"}, "nothing could be appended",
              {{"code", code}, {"detail", detail}});
}

}  // namespace

std::unique_ptr<EventLog> open_sqlite_log(const SqliteLogOptions& options) {
    return std::make_unique<SqliteLog>(options);
}

}  // namespace loquat::store
