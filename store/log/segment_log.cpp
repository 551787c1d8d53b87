#include "store/log/segment_log.hpp"

#include <atomic>
#include <thread>

#include "aio/offload.hpp"
#include "base/log.hpp"
#include "store/log/append_queue.hpp"
#include "store/log/import/old_log.hpp"
#include "store/log/segments/load.hpp"
#include "store/log/segments/sync_lane.hpp"
#include "store/log/segments/writer.hpp"
#include "store/log/tail.hpp"

namespace loquat::store {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t read_queue_max = 256;
constexpr std::uint64_t probe_bytes = 256 * 1024;  // room that ends the state `full`
constexpr milliseconds mark_after{20};             // of silence
constexpr LogContext context{.service = "log"};

class SegmentLog final : public FolderLog {
  public:
    explicit SegmentLog(const SegmentLogOptions& options)
        : SegmentLog(options, load_log(options)) {}
    ~SegmentLog() override;

    Task<LogPlace> append(std::string topic, std::string key, std::string payload) override;
    Task<std::vector<LogPlace>> append_all(std::string topic,
                                           std::vector<KeyedPayload> records) override;
    Task<std::uint32_t> partitions(std::string) override { co_return 1; }
    Task<std::vector<LogRecordPtr>> read(Partition from, Offset after, ReadLimit limit) override;
    Task<bool> wait(Partition in, Offset after, Steady deadline) override {
        check_partition(in, 1);
        co_return co_await tail_.wait(std::move(in.topic), after, deadline);
    }
    Task<void> trim(Partition in, Offset before) override;
    Task<LogEnds> ends(Partition of) override {
        check_partition(of, 1);
        co_return tail_.ends(of.topic);
    }
    Task<Uuid> identity(std::string) override { co_return identity_; }
    Uuid folder_identity() const override { return identity_; }
    LogState state() const override { return state_.load(std::memory_order_relaxed); }
    std::size_t held_bytes() const override { return tail_.bytes(); }

  private:
    SegmentLog(const SegmentLogOptions& options, LogContent content);

    std::shared_ptr<aio::Completion<Offset>> begin_append(std::string topic,
                                                          std::vector<KeyedPayload> payloads);
    milliseconds patience() const;
    void write();
    void commit(std::vector<PendingAppend> appends);
    SegmentWriter::Group number(std::vector<PendingAppend>& appends) const;
    void run_trim(PendingTrim trim);
    void clean();
    void probe();
    void finish(WrittenGroup group, const std::exception_ptr& error);
    void report(const std::exception_ptr& error);
    void break_off();
    // Nothing when it is in another state: broken stays broken.
    void change_state(LogState from, LogState to) { state_.compare_exchange_strong(from, to); }
    Steady answer_deadline() const {
        return std::chrono::steady_clock::now() + options_.answer_max;
    }

    SegmentLogOptions options_;
    const Uuid identity_;
    SegmentSet set_;
    Tail tail_;
    SegmentWriter writer_;  // writer thread
    std::atomic<LogState> state_{LogState::ready};
    std::mutex numbers_mutex_;
    std::map<std::string, std::uint64_t> numbers_;  // of topics, for readers
    AppendQueue queue_;
    aio::WorkerPool reader_{"log-read", 1, read_queue_max};
    SyncLane lane_;
    std::jthread thread_;
};

SegmentSet& fill(SegmentSet& set, std::vector<SegmentPtr>& segments) {
    for (SegmentPtr& segment : segments) {
        set.add(std::move(segment));
    }
    return set;
}

// At least four segments fit into what is allowed.
SegmentLogOptions bounded(SegmentLogOptions options) {
    if (options.file_bytes_max > 0) {
        options.segment_bytes = std::min(options.segment_bytes, options.file_bytes_max / 4);
    }
    return options;
}

Failure broken_log(const std::filesystem::path& folder) {
    return Failure{Kind::unavailable, "store.unavailable",
                   "The store cannot be used at the moment.",
                   folder.string() + ": a write was not made durable; start again to go on"};
}

SegmentLog::SegmentLog(const SegmentLogOptions& options, LogContent content)
    : options_(options),
      identity_(content.identity),
      tail_(options.tail_bytes_max),
      writer_(options_, content.identity, content.topics, fill(set_, content.segments)),
      queue_({options.queue_max, options.queue_bytes_max, options.group_bytes_max}),
      lane_([this](WrittenGroup group, const std::exception_ptr& error) {
          finish(std::move(group), error);
      }) {
    for (const auto& [name, topic] : content.topics) {
        tail_.open_topic(name, {topic.first, topic.next - 1});
        numbers_[name] = topic.number;
        // What a process that died had written and not acknowledged is given out from now on.
        if (options_.on_durable && topic.next > 1) {
            options_.on_durable(name, topic.next - 1);
        }
    }
    thread_ = std::jthread{[this] { write(); }};
}

SegmentLog::~SegmentLog() {
    queue_.close();
    thread_.join();
}

std::shared_ptr<aio::Completion<Offset>> SegmentLog::begin_append(
    std::string topic, std::vector<KeyedPayload> payloads) {
    check_group(topic, payloads);
    tail_.admit(topic);
    if (state() == LogState::full) {
        throw file_failure(options_.folder, ENOSPC);
    }
    if (state() == LogState::broken) {
        throw broken_log(options_.folder);
    }
    std::vector<std::shared_ptr<LogRecord>> records;
    for (KeyedPayload& payload : payloads) {
        auto& record = records.emplace_back(std::make_shared<LogRecord>());
        record->key = std::move(payload.key);
        record->payload = std::move(payload.payload);
        record->followers = static_cast<std::uint32_t>(payloads.size() - records.size());
    }
    aio::Loop& home = aio::Loop::current();
    auto done = std::make_shared<aio::Completion<Offset>>(home);
    queue_.push(PendingAppend{std::move(topic), std::move(records), done, &home});
    return done;
}

Task<LogPlace> SegmentLog::append(std::string topic, std::string key, std::string payload) {
    std::vector<KeyedPayload> one;
    one.push_back({std::move(key), std::move(payload)});
    const auto done = begin_append(std::move(topic), std::move(one));
    const Offset offset = co_await done->wait_until(answer_deadline());
    co_return LogPlace{.offset = offset, .log = identity_};
}

// Groups take the queue from its front, so the order of queueing is the order of offsets.
Task<std::vector<LogPlace>> SegmentLog::append_all(std::string topic,
                                                   std::vector<KeyedPayload> records) {
    std::vector<LogPlace> places(records.size(), LogPlace{.log = identity_});
    if (records.empty()) {
        co_return places;
    }
    const auto done = begin_append(std::move(topic), std::move(records));
    // Nothing comes between them.
    Offset offset = co_await done->wait_until(answer_deadline());
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
        place->offset = offset--;
    }
    co_return places;
}

Task<std::vector<LogRecordPtr>> SegmentLog::read(Partition from, Offset after, ReadLimit limit) {
    check_partition(from, 1);
    const std::string& topic = from.topic;
    if (auto held = tail_.read(topic, after, limit)) {
        co_return std::move(*held);
    }
    // What is behind the end may be written, but is not durable.
    const Offset next = tail_.ends(topic).last + 1;
    auto work = [this, topic, after, limit, next] {
        TopicState known{.number = 0, .name = topic, .first = 1, .next = next};
        {
            const std::lock_guard lock{numbers_mutex_};
            known.number = numbers_[topic];
        }
        return set_.read(known, after, limit);
    };
    try {
        co_return co_await reader_.run<std::vector<LogRecordPtr>>(std::move(work));
    } catch (const Failure&) {
        // Trimmed meanwhile is another thing than damaged.
        tail_.check_kept(topic, after);
        throw;
    }
}

Task<void> SegmentLog::trim(Partition in, Offset before) {
    check_partition(in, 1);
    auto done = std::make_shared<aio::Completion<void>>(aio::Loop::current());
    queue_.push(PendingTrim{std::move(in.topic), before, done});
    co_await done->wait_until(answer_deadline());
}

// How long the writer waits for work before it does something by itself.
milliseconds SegmentLog::patience() const {
    if (state() == LogState::full) {
        return options_.full_retry;
    }
    const bool has_more = lane_.is_busy() || writer_.has_unmarked();
    return has_more && state() != LogState::broken ? mark_after : milliseconds::max();
}

void SegmentLog::write() {
    for (;;) {
        // While one group is on its way to the disk and another waits behind it, what comes now
        // grows into the next one.
        lane_.wait_for_room();
        PendingWork work = queue_.take(patience());
        if (state() == LogState::full) {
            probe();
        }
        const bool is_silent = work.appends.empty() && work.trims.empty();
        if (!work.appends.empty()) {
            commit(std::move(work.appends));
        }
        for (PendingTrim& trim : work.trims) {
            run_trim(std::move(trim));
        }
        if (work.is_last) {
            lane_.drain();
        }
        if (is_silent && !lane_.is_busy() && state() != LogState::broken &&
            writer_.has_unmarked()) {
            try {
                writer_.mark();
            } catch (const Failure&) {
                report(std::current_exception());
            }
        }
        if (work.is_last) {
            return;
        }
    }
}

SegmentWriter::Group SegmentLog::number(std::vector<PendingAppend>& appends) const {
    SegmentWriter::Group group;
    for (PendingAppend& append : appends) {
        auto& records = group[append.topic];
        for (const auto& record : append.records) {
            record->offset =
                records.empty() ? writer_.next_offset(append.topic) : records.back()->offset + 1;
            records.push_back(record);
        }
    }
    return group;
}

void SegmentLog::commit(std::vector<PendingAppend> appends) {
    std::exception_ptr error;
    try {
        if (state() == LogState::broken) {
            throw broken_log(options_.folder);
        }
        SegmentWriter::Group group = number(appends);
        if (!writer_.fits(group)) {
            lane_.drain();
            writer_.rotate(SegmentWriter::bytes_of(group));
        }
        const SegmentWriter::Written written = writer_.write(group);
        change_state(LogState::full, LogState::ready);
        {
            const std::lock_guard lock{numbers_mutex_};
            for (const auto& [name, records] : group) {
                numbers_[name] = writer_.topics().at(name).number;
            }
        }
        lane_.push({written.segment, written.end, std::move(group), std::move(appends)});
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        report(error);
        fail_appends(std::move(appends), error);
    }
}

// On the lane's thread.
void SegmentLog::finish(WrittenGroup group, const std::exception_ptr& error) {
    std::exception_ptr failed = error;
    if (!failed) {
        try {
            for (const auto& [name, records] : group.records) {
                if (options_.on_durable) {
                    options_.on_durable(name, records.back()->offset);
                }
            }
        } catch (...) {
            failed = std::current_exception();
        }
    }
    if (failed) {
        break_off();
        report(failed);
        lane_.refuse(failed);
        fail_appends(std::move(group.appends), failed);
        return;
    }
    writer_.set_durable(group.end);
    for (const auto& [name, records] : group.records) {
        tail_.add(name, records);
    }
    complete_appends(std::move(group.appends));
}

void SegmentLog::break_off() {
    state_ = LogState::broken;
    if (options_.on_broken) {
        options_.on_broken();
    }
}

void SegmentLog::run_trim(PendingTrim trim) {
    lane_.drain();
    std::exception_ptr error;
    try {
        if (state() == LogState::broken) {
            throw broken_log(options_.folder);
        }
        writer_.trim(trim.topic, trim.before);
        tail_.trim(trim.topic, trim.before);
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        report(error);
        trim.done->fail(std::move(error));
        return;
    }
    trim.done->set();
    clean();
}

void SegmentLog::clean() {
    try {
        writer_.clean();
    } catch (...) {
        report(std::current_exception());
    }
}

void SegmentLog::probe() {
    lane_.drain();
    try {
        if (!writer_.has_room(probe_bytes)) {
            writer_.rotate(probe_bytes);
        }
        change_state(LogState::full, LogState::ready);
        log_info(context, "there is space again", {{"folder", options_.folder.string()}});
    } catch (const Failure& failure) {
        if (failure.code != "store.full") {
            report(std::current_exception());
        }
    }
}

void SegmentLog::report(const std::exception_ptr& error) {
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
    if (writer_.is_broken()) {
        break_off();
    } else if (code == "store.full") {
        change_state(LogState::ready, LogState::full);
    }
    log_error(context, "the log could not be written", {{"code", code}, {"detail", detail}});
}

}  // namespace

std::unique_ptr<FolderLog> open_segment_log(const SegmentLogOptions& options) {
    const SegmentLogOptions bounds = bounded(options);
    import_old_log(bounds);
    return std::make_unique<SegmentLog>(bounds);
}

}  // namespace loquat::store
