#pragma once
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "aio/completion.hpp"
#include "store/log/event_log.hpp"

namespace loquat::store {

// The newest records of all topics in memory, and those who wait for the next one.  Any thread.
class Tail {
  public:
    // Beyond `bytes_max` the oldest records of the topic that grows are dropped.
    explicit Tail(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    // Before use: a topic whose records [ends.first, ends.last] are somewhere else.
    void open_topic(const std::string& name, LogEnds ends);

    // Forgets it, and wakes who waits.
    void close_topic(const std::string& name);
    // Every record after it is in memory.
    Offset held_after(const std::string& name) const;

    // Makes room for a topic that a record is going to; `log.topics` beyond EventLog::topics_max.
    void admit(const std::string& name);

    // `records` (at least one) ascend and follow the topic's last one.  The topic then ends with
    // `last`, or with the last record when that is greater.  Wakes who waits for
    // what has come.
    void add(const std::string& name, const std::vector<LogRecordPtr>& records, Offset last = 0);

    // None when the records that are asked for are no longer in memory.  `log.trimmed` when they
    // are gone.
    std::optional<std::vector<LogRecordPtr>> read(const std::string& name, Offset after,
                                                  ReadLimit limit) const;

    // `log.trimmed` when what comes after `after` is no longer kept.
    void check_kept(const std::string& name, Offset after) const;

    Task<bool> wait(std::string name, Offset after, Steady deadline);
    void trim(const std::string& name, Offset before);
    LogEnds ends(const std::string& name) const;
    // With what a record costs beside its own bytes.
    std::size_t bytes() const;

  private:
    struct Waiter {
        Offset after = 0;
        std::weak_ptr<aio::Completion<void>> done;
    };
    struct Topic {
        LogEnds ends;
        Offset newest = 0;      // of the last record, which may be before ends.last
        Offset held_after = 0;  // every record after it is in `records`
        std::deque<LogRecordPtr> records;
        std::vector<Waiter> waiters;
    };

    static void wake(const std::vector<Waiter>& waiters);
    void drop_oldest(Topic& topic);

    std::size_t bytes_max_;
    mutable std::mutex mutex_;
    std::size_t bytes_ = 0;
    std::unordered_map<std::string, Topic> topics_;
};

// `log.too_large` or `request.invalid` for what no log takes.
void check_append(std::string_view topic, std::string_view key, std::string_view payload);
// The same for records that are appended together.
void check_group(std::string_view topic, const std::vector<KeyedPayload>& records);

}  // namespace loquat::store
