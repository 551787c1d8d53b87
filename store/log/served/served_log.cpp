#include "store/log/served/served_log.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <unordered_map>

#include "aio/offload.hpp"
#include "base/log.hpp"
#include "store/log/partition_of.hpp"
#include "store/log/served/served_tail.hpp"

namespace loquat::store {
namespace {

using std::chrono::milliseconds;

constexpr LogContext context{.service = "log"};
constexpr std::size_t calls_max = 65'536;
constexpr milliseconds catch_up_max{2'000};

std::string name_in_tail(const Partition& partition, std::uint64_t session) {
    return partition.topic + "/" + std::to_string(partition.number) + "/" + std::to_string(session);
}

class ServedLog final : public EventLog, private LogSink {
  public:
    ServedLog(std::unique_ptr<LogServer> server, ServedLogOptions options)
        : options_(options), tail_(options.tail_bytes_max), server_(std::move(server)) {
        server_->start(*this);
    }
    ~ServedLog() override { server_->stop(); }

    Task<LogPlace> append(std::string topic, std::string key, std::string payload) override;
    Task<std::vector<LogPlace>> append_all(std::string topic,
                                           std::vector<KeyedPayload> records) override;
    Task<std::uint32_t> partitions(std::string topic) override {
        const Topic opened = co_await open(std::move(topic));
        co_return opened.partitions;
    }
    Task<std::vector<LogRecordPtr>> read(Partition from, Offset after, ReadLimit limit) override;
    Task<bool> wait(Partition in, Offset after, Steady deadline) override;
    Task<void> trim(Partition in, Offset before) override {
        const std::string name = co_await follow(std::move(in));
        tail_.records().trim(name, before);
    }
    Task<LogEnds> ends(Partition of) override {
        const std::string name = co_await follow(std::move(of));
        // With what was appended here before.
        co_await tail_.catch_up(name, std::chrono::steady_clock::now() + catch_up_max);
        LogEnds ends = tail_.records().ends(name);
        ends.stride = slots;
        co_return ends;
    }
    Task<Uuid> identity(std::string topic) override;
    LogState state() const override { return server_->state(); }
    std::size_t held_bytes() const override { return tail_.records().bytes(); }

  private:
    // As it was opened; another session is another topic at the server.
    struct Topic {
        std::uint32_t partitions = 0;
        Uuid log;
        std::uint64_t session = 0;
    };
    // One who waits for a topic to be opened, as long as it lives.
    class Waiting {
      public:
        explicit Waiting(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
        ~Waiting() { --count_; }
        Waiting(const Waiting&) = delete;
        Waiting& operator=(const Waiting&) = delete;

      private:
        std::atomic<std::size_t>& count_;
    };
    void on_entries(const Partition& partition, std::uint64_t session,
                    std::vector<ServedEntry> entries) override;
    void on_published(std::vector<Published> published) override;
    void on_replaced(const std::string& topic) override;

    Task<Topic> open(std::string topic);
    std::optional<Topic> find(const std::string& topic);
    Topic open_now(const std::string& topic);
    Task<std::string> follow(Partition partition);
    void follow_now(const Partition& partition, const Topic& topic);
    std::shared_ptr<Publication::Waiter> send(const Topic& topic, Partition to,
                                              std::vector<KeyedPayload> records);
    Task<Offset> arrival(const Topic& topic, Partition to,
                         std::shared_ptr<Publication::Waiter> waiter);
    std::vector<LogRecordPtr> fetch(const Partition& from, const std::string& name, Offset after,
                                    ReadLimit limit);
    Steady deadline() const { return std::chrono::steady_clock::now() + options_.answer_max; }

    const ServedLogOptions options_;
    ServedTail tail_;
    std::mutex mutex_;
    std::unordered_map<std::string, Topic> topics_;
    std::uint64_t sessions_ = 0;
    std::atomic<std::size_t> waiting_to_open_ = 0;
    std::atomic<std::size_t> waiting_{0};
    std::atomic<std::size_t> waiting_bytes_{0};
    std::unique_ptr<LogServer> server_;
    // Separate, so that reading what is old holds up no opening.
    aio::WorkerPool opener_{"log-open", 1, calls_max};
    aio::WorkerPool reader_{"log-read", 1, calls_max};
};

std::optional<ServedLog::Topic> ServedLog::find(const std::string& topic) {
    const std::lock_guard lock{mutex_};
    const auto found = topics_.find(topic);
    return found == topics_.end() ? std::nullopt : std::optional{found->second};
}

// Who comes while others still wait for the topic gets in line behind them: appends keep their
// order.
Task<ServedLog::Topic> ServedLog::open(std::string topic) {
    if (waiting_to_open_.load() == 0) {
        if (const auto known = find(topic)) {
            co_return *known;
        }
    }
    const Waiting waiting{waiting_to_open_};
    auto work = [this, topic = std::move(topic)] { return open_now(topic); };
    co_return co_await opener_.run<Topic>(std::move(work), deadline());
}

// On the opener's thread.
ServedLog::Topic ServedLog::open_now(const std::string& topic) {
    if (const auto known = find(topic)) {
        return *known;
    }
    {
        const std::lock_guard lock{mutex_};
        if (topics_.size() >= options_.topics_max) {
            throw Failure{Kind::internal, "log.topics", "The log has too many topics."};
        }
    }
    const LogServer::Opened opened = server_->open_topic(topic, Uuid::make());
    Topic made{.partitions = opened.partitions, .log = opened.log};
    {
        const std::lock_guard lock{mutex_};
        made.session = ++sessions_;
    }
    if (server_->follows_to_append()) {
        for (std::uint32_t number = 0; number < made.partitions; ++number) {
            follow_now({topic, number}, made);
        }
    }
    const std::lock_guard lock{mutex_};
    return topics_[topic] = made;
}

// Gives its name in the tail.
Task<std::string> ServedLog::follow(Partition partition) {
    const Topic topic = co_await open(partition.topic);
    check_partition(partition, topic.partitions);
    std::string name = name_in_tail(partition, topic.session);
    if (!tail_.is_open(name)) {
        auto work = [this, partition = std::move(partition), topic] {
            follow_now(partition, topic);
        };
        co_await opener_.run<void>(std::move(work), deadline());
    }
    co_return name;
}

// On the opener's thread.
void ServedLog::follow_now(const Partition& partition, const Topic& topic) {
    const std::string name = name_in_tail(partition, topic.session);
    if (tail_.is_open(name)) {
        return;
    }
    tail_.begin(name, topic.log);
    try {
        tail_.open(name, server_->follow(partition, topic.session, topic.log));
    } catch (...) {
        tail_.abandon(name);
        throw;
    }
}

void ServedLog::on_entries(const Partition& partition, std::uint64_t session,
                           std::vector<ServedEntry> entries) {
    tail_.take(name_in_tail(partition, session), std::move(entries));
}

void ServedLog::on_published(std::vector<Published> published) {
    std::unordered_map<aio::Loop*, std::vector<Published>> by_home;
    for (Published& one : published) {
        waiting_ -= one.waiter->records;
        waiting_bytes_ -= one.waiter->bytes;
        by_home[one.waiter->home].push_back(std::move(one));
    }
    for (auto& [home, mine] : by_home) {
        home->post([done = std::move(mine)]() mutable {
            for (Published& one : done) {
                if (one.failure) {
                    one.waiter->done->fail(std::make_exception_ptr(*std::move(one.failure)));
                } else {
                    one.waiter->done->set(one.offset);
                }
            }
        });
    }
}

void ServedLog::on_replaced(const std::string& topic) {
    const std::lock_guard lock{mutex_};
    const auto found = topics_.find(topic);
    if (found == topics_.end()) {
        return;
    }
    log_warn(context, "a topic is no longer the one that was opened", {{"topic", topic}});
    for (std::uint32_t number = 0; number < found->second.partitions; ++number) {
        const std::string name = name_in_tail({topic, number}, found->second.session);
        tail_.close(name);
    }
    topics_.erase(found);
    server_->unfollow(topic);
}

std::shared_ptr<Publication::Waiter> ServedLog::send(const Topic& topic, Partition to,
                                                     std::vector<KeyedPayload> records) {
    auto waiter = std::make_shared<Publication::Waiter>();
    waiter->home = &aio::Loop::current();
    waiter->done = std::make_shared<aio::Completion<std::uint64_t>>(*waiter->home);
    Publication publication{.to = std::move(to), .log = topic.log, .waiter = waiter};
    publication.key = records.front().key;
    if (records.size() == 1) {
        publication.payload = std::move(records.front().payload);
    } else {
        publication.form = EntryForm::group;
        publication.payload = encode_group(records);
    }
    waiter->records = records.size();
    waiter->bytes = publication.key.size() + publication.payload.size();
    if (waiting_ >= options_.queue_max ||
        waiting_bytes_ + waiter->bytes > options_.queue_bytes_max) {
        throw Failure{Kind::unavailable, "store.overloaded",
                      "The store has too much to do at the moment."}
            .retry_in(std::chrono::seconds{1});
    }
    waiting_ += waiter->records;
    waiting_bytes_ += waiter->bytes;
    server_->publish(std::move(publication));
    return waiter;
}

// Of the entry; what was appended is read from here on.
Task<Offset> ServedLog::arrival(const Topic& topic, Partition to,
                                std::shared_ptr<Publication::Waiter> waiter) {
    const Steady end = std::chrono::steady_clock::now() + options_.append_max;
    const std::string name = name_in_tail(to, topic.session);
    const std::uint64_t entry = co_await waiter->done->wait_until(end);
    tail_.note_appended(name, last_of(entry));
    co_return entry;
}

Task<LogPlace> ServedLog::append(std::string topic, std::string key, std::string payload) {
    check_append(topic, key, payload);
    const Topic opened = co_await open(topic);
    const Partition to{std::move(topic), partition_of(key, opened.partitions)};
    std::vector<KeyedPayload> one;
    one.push_back({std::move(key), std::move(payload)});
    auto sent = send(opened, to, std::move(one));
    const Offset entry = co_await arrival(opened, to, std::move(sent));
    co_return LogPlace{to.number, last_of(entry), opened.log};
}

Task<std::vector<LogPlace>> ServedLog::append_all(std::string topic,
                                                  std::vector<KeyedPayload> records) {
    check_group(topic, records);
    std::vector<LogPlace> places(records.size());
    if (records.empty()) {
        co_return places;
    }
    const Topic opened = co_await open(topic);
    std::vector<std::vector<std::size_t>> members(opened.partitions);
    std::vector<std::vector<KeyedPayload>> groups(opened.partitions);
    for (std::size_t i = 0; i < records.size(); ++i) {
        const std::uint32_t number = partition_of(records[i].key, opened.partitions);
        members[number].push_back(i);
        groups[number].push_back(std::move(records[i]));
    }
    std::vector<std::shared_ptr<Publication::Waiter>> sent(opened.partitions);
    for (std::uint32_t number = 0; number < opened.partitions; ++number) {
        if (!groups[number].empty()) {
            sent[number] = send(opened, {topic, number}, std::move(groups[number]));
        }
    }
    for (std::uint32_t number = 0; number < opened.partitions; ++number) {
        const std::size_t count = members[number].size();
        if (count > 0) {
            const Offset entry = co_await arrival(opened, {topic, number}, std::move(sent[number]));
            for (std::size_t i = 0; i < count; ++i) {
                places[members[number][i]] = {number, offset_in_group(entry, i, count), opened.log};
            }
        }
    }
    co_return places;
}

Task<std::vector<LogRecordPtr>> ServedLog::read(Partition from, Offset after, ReadLimit limit) {
    const std::string name = co_await follow(from);
    co_await tail_.catch_up(name, std::chrono::steady_clock::now() + catch_up_max);
    for (;;) {
        const Offset behind = tail_.quiet_behind(name, after);
        if (auto held = tail_.records().read(name, behind, limit)) {
            co_return *std::move(held);
        }
        auto work = [this, from, name, behind, limit] { return fetch(from, name, behind, limit); };
        auto old = co_await reader_.run<std::vector<LogRecordPtr>>(std::move(work), deadline());
        if (!old.empty()) {
            co_return old;
        }
    }
}

// On the reader's thread; empty when there is no record before what is in memory.
std::vector<LogRecordPtr> ServedLog::fetch(const Partition& from, const std::string& name,
                                           Offset after, ReadLimit limit) {
    // The entry in whose middle the tail begins is wanted too.
    const std::uint64_t until = entry_after(tail_.records().held_after(name) + slots - 1);
    const Uuid log = tail_.log_of(name);
    std::vector<LogRecordPtr> records;
    std::uint64_t next = entry_after(after);
    while (records.empty() && next < until) {
        const std::size_t bytes = std::min(limit.bytes_max, options_.fetch_bytes_max);
        LogServer::Fetched found = server_->fetch(from, next, until, bytes);
        std::size_t size = 0;
        for (ServedEntry& entry : found.entries) {
            next = entry.offset + 1;
            for (LogRecordPtr& record : records_of(std::move(entry), log)) {
                size += record->key.size() + record->payload.size();
                const bool is_full =
                    records.size() >= limit.records_max || (!records.empty() && size > bytes);
                if (record->offset > after && !is_full) {
                    records.push_back(std::move(record));
                }
            }
        }
        if (found.is_end) {
            break;
        }
    }
    if (records.empty()) {
        tail_.note_quiet(name, after, before(until));
    }
    return records;
}

Task<bool> ServedLog::wait(Partition in, Offset after, Steady deadline) {
    const std::string name = co_await follow(in);
    if (after < tail_.records().held_after(name) && tail_.quiet_behind(name, after) == after) {
        const ReadLimit one{.records_max = 1};
        const auto next = co_await read(std::move(in), after, one);
        if (!next.empty()) {
            co_return true;
        }
    }
    const Offset behind = tail_.quiet_behind(name, after);
    co_return co_await tail_.records().wait(name, behind, deadline);
}

Task<Uuid> ServedLog::identity(std::string topic) {
    const Topic known = co_await open(topic);
    auto work = [this, topic, stamp = known.log] { return server_->identify(topic, stamp); };
    const Uuid is = co_await opener_.run<Uuid>(std::move(work), deadline());
    if (is != known.log) {
        on_replaced(topic);
    }
    co_return is;
}

}  // namespace

std::unique_ptr<EventLog> make_served_log(std::unique_ptr<LogServer> server,
                                          ServedLogOptions options) {
    return std::make_unique<ServedLog>(std::move(server), options);
}

}  // namespace loquat::store
